import { checkHash, HASH_FLAGS } from './checks.js';
import type { MapType } from './map-type.js';

/** Maps by any key. Linux: hashtab.c, map_in_map.c. */
export const hashOfMaps: MapType = {
  id: 13,
  name: 'hash_of_maps',
  since: '4.12',
  doc: 'Maps of one shape by keys, which user space can exchange while programs run. Values are map ids.',
  perCpu: false,
  indexed: false,
  directValue: false,
  lookup: 'inner_map',
  asInner: 'never',
  flags: HASH_FLAGS,
  checkCreate: (shape) =>
    shape.valueSize === 4
      ? checkHash(shape, HASH_FLAGS, false)
      : { errno: 'EINVAL', reason: `values of this type have 4 bytes, not ${shape.valueSize}` },
  helpers: ['bpf_map_lookup_elem'],
};
