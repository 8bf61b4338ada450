import { checkHash, HASH_FLAGS } from './checks.js';
import { PERCPU_ELEMENT_HELPERS } from './element-helpers.js';
import { MAP_FLAG } from './flags.js';
import type { MapType } from './map-type.js';

const FLAGS = HASH_FLAGS & ~MAP_FLAG.numaNode;

/** A hash with a value of its own for each CPU. Linux: hashtab.c. */
export const percpuHash: MapType = {
  id: 5,
  name: 'percpu_hash',
  since: '4.6',
  doc: 'A hash table that keeps each value once for each CPU, so that programs count without locks.',
  perCpu: true,
  indexed: false,
  directValue: false,
  lookup: 'value',
  flags: FLAGS,
  checkCreate: (shape) => checkHash(shape, FLAGS, true),
  helpers: PERCPU_ELEMENT_HELPERS,
};
