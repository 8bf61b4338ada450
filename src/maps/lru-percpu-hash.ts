import { checkHash, HASH_FLAGS } from './checks.js';
import { PERCPU_ELEMENT_HELPERS } from './element-helpers.js';
import { MAP_FLAG } from './flags.js';
import type { MapType } from './map-type.js';

const FLAGS = (HASH_FLAGS & ~(MAP_FLAG.noPrealloc | MAP_FLAG.numaNode)) | MAP_FLAG.noCommonLru;

/** As `lru_hash`, with a value of its own for each CPU. Linux: hashtab.c, bpf_lru_list.c. */
export const lruPercpuHash: MapType = {
  id: 10,
  name: 'lru_percpu_hash',
  since: '4.10',
  doc: 'A hash table that keeps each value once for each CPU and, when full, throws out an entry that was not looked up lately.',
  perCpu: true,
  indexed: false,
  directValue: false,
  lookup: 'value',
  flags: FLAGS,
  checkCreate: (shape) =>
    shape.flags & MAP_FLAG.noPrealloc
      ? { errno: 'ENOTSUPP', reason: 'an LRU map always takes its memory when it is made' }
      : checkHash(shape, FLAGS, true),
  helpers: PERCPU_ELEMENT_HELPERS,
};
