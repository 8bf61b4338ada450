import { checkHash, HASH_FLAGS } from './checks.js';
import { ELEMENT_HELPERS } from './element-helpers.js';
import type { MapType } from './map-type.js';

/** Keys of any bytes to values, up to a fixed number. Linux: hashtab.c. */
export const hash: MapType = {
  id: 1,
  name: 'hash',
  since: '3.19',
  doc: 'A hash table from keys of any bytes to values. Its memory is taken when it is made unless BPF_F_NO_PREALLOC is given.',
  perCpu: false,
  indexed: false,
  directValue: false,
  lookup: 'value',
  flags: HASH_FLAGS,
  checkCreate: (shape) => checkHash(shape, HASH_FLAGS, false),
  helpers: ELEMENT_HELPERS,
};
