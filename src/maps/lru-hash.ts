import { checkHash, HASH_FLAGS } from './checks.js';
import { ELEMENT_HELPERS } from './element-helpers.js';
import { MAP_FLAG } from './flags.js';
import type { MapType } from './map-type.js';

const FLAGS = (HASH_FLAGS & ~MAP_FLAG.noPrealloc) | MAP_FLAG.noCommonLru;

/** A hash that makes room by throwing out entries that were not used lately. Linux: hashtab.c, bpf_lru_list.c. */
export const lruHash: MapType = {
  id: 9,
  name: 'lru_hash',
  since: '4.10',
  doc: 'A hash table that, when full, throws out an entry that was not looked up lately to make room for a new one.',
  perCpu: false,
  indexed: false,
  directValue: false,
  lookup: 'value',
  flags: FLAGS,
  checkCreate: (shape) =>
    shape.flags & MAP_FLAG.noPrealloc
      ? { errno: 'ENOTSUPP', reason: 'an LRU map always takes its memory when it is made' }
      : checkHash(shape, FLAGS, false),
  helpers: ELEMENT_HELPERS,
};
