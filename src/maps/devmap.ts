import { checkFlags, checkHash } from './checks.js';
import { MAP_FLAG } from './flags.js';
import type { MapRefusal, MapShape, MapType } from './map-type.js';

const FLAGS = MAP_FLAG.numaNode | MAP_FLAG.readOnly | MAP_FLAG.writeOnly;
/** A value is the number of a device, and perhaps of a program that runs on what is sent there. */
const VALUE_SIZES = [4, 8];

function check(shape: MapShape): MapRefusal | undefined {
  if (shape.maxEntries === 0) return { errno: 'EINVAL', reason: 'room for at least one device is needed' };
  if (shape.keySize !== 4) return { errno: 'EINVAL', reason: `keys have 4 bytes, not ${shape.keySize}` };
  if (!VALUE_SIZES.includes(shape.valueSize)) {
    return {
      errno: 'EINVAL',
      reason: `values have 4 bytes (a device) or 8 (and a program), not ${shape.valueSize}`,
    };
  }
  return checkFlags(shape, FLAGS);
}

const COMMON = {
  perCpu: false,
  indexed: false,
  directValue: false,
  lookup: 'value',
  flags: FLAGS,
  impliedFlags: MAP_FLAG.readOnlyProg,
  helpers: ['bpf_redirect_map', 'bpf_map_lookup_elem'],
} as const;

/** Devices by number, to which XDP sends frames. Linux: devmap.c. */
export const devmap: MapType = {
  ...COMMON,
  id: 14,
  name: 'devmap',
  since: '4.14',
  doc: 'Devices by number, to which bpf_redirect_map sends frames. Values are ifindexes, with 8 bytes also the program that runs on what is sent there.',
  checkCreate: check,
};

/** Devices by keys that need not be dense. Linux: devmap.c. */
export const devmapHash: MapType = {
  ...COMMON,
  id: 25,
  name: 'devmap_hash',
  since: '5.4',
  doc: 'As devmap, with keys that need not be dense.',
  checkCreate: (shape) => check(shape) ?? checkHash({ ...shape, flags: 0 }, 0, false),
};
