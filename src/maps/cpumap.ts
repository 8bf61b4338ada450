import { checkFlags } from './checks.js';
import { MAP_FLAG } from './flags.js';
import type { MapRefusal, MapShape, MapType } from './map-type.js';

const FLAGS = MAP_FLAG.numaNode;
/** CPUs that a kernel can be built for. */
const MOST_CPUS = 8192;
/** A value is the length of the CPU's queue, and perhaps a program that runs there. */
const VALUE_SIZES = [4, 8];

function check(shape: MapShape): MapRefusal | undefined {
  if (shape.maxEntries === 0) return { errno: 'EINVAL', reason: 'room for at least one CPU is needed' };
  if (shape.keySize !== 4) return { errno: 'EINVAL', reason: `keys have 4 bytes, not ${shape.keySize}` };
  if (!VALUE_SIZES.includes(shape.valueSize)) {
    return {
      errno: 'EINVAL',
      reason: `values have 4 bytes (a queue's length) or 8 (and a program), not ${shape.valueSize}`,
    };
  }
  const flags = checkFlags(shape, FLAGS);
  if (flags !== undefined) return flags;
  return shape.maxEntries > MOST_CPUS
    ? { errno: 'E2BIG', reason: `${shape.maxEntries} CPUs are more than ${MOST_CPUS}` }
    : undefined;
}

/** CPUs by number, on which XDP goes on with frames. Linux: cpumap.c. */
export const cpumap: MapType = {
  id: 16,
  name: 'cpumap',
  since: '4.15',
  doc: 'CPUs by number, on which bpf_redirect_map goes on with frames. Values are lengths of queues, with 8 bytes also the program that runs there.',
  perCpu: false,
  indexed: false,
  directValue: false,
  lookup: 'none',
  flags: FLAGS,
  checkCreate: check,
  helpers: ['bpf_redirect_map'],
};
