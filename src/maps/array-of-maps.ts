import { checkSlotArray } from './checks.js';
import { MAP_FLAG } from './flags.js';
import type { MapType } from './map-type.js';

const FLAGS = MAP_FLAG.numaNode | MAP_FLAG.readOnly | MAP_FLAG.writeOnly;

/** Maps by number. Linux: arraymap.c, map_in_map.c. */
export const arrayOfMaps: MapType = {
  id: 12,
  name: 'array_of_maps',
  since: '4.12',
  doc: 'Maps of one shape by number, which user space can exchange while programs run. Values are map ids.',
  perCpu: false,
  indexed: false,
  directValue: false,
  lookup: 'inner_map',
  asInner: 'never',
  flags: FLAGS,
  checkCreate: (shape) => checkSlotArray(shape, FLAGS),
  helpers: ['bpf_map_lookup_elem'],
};
