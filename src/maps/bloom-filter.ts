import { checkFlags, KMALLOC_LIMIT } from './checks.js';
import { ACCESS_FLAGS, MAP_FLAG } from './flags.js';
import type { MapRefusal, MapShape, MapType } from './map-type.js';

const FLAGS = MAP_FLAG.numaNode | MAP_FLAG.zeroSeed | ACCESS_FLAGS;
/** The low bits of map_extra: how many hash functions. */
const HASHES = 0xfn;

function check(shape: MapShape): MapRefusal | undefined {
  const refuse = (reason: string): MapRefusal => ({ errno: 'EINVAL', reason });
  if (shape.valueSize > KMALLOC_LIMIT) return { errno: 'E2BIG', reason: 'values have at most 4 MiB' };
  if (shape.keySize !== 0) return refuse(`a bloom filter has no keys: their size is 0, not ${shape.keySize}`);
  if (shape.valueSize === 0) return refuse('values need at least one byte');
  if (shape.maxEntries === 0) return refuse('a bloom filter is made for at least one entry');
  return checkFlags(shape, FLAGS, HASHES);
}

/** Whether a value was put in: "surely not", or "probably". Linux: bloom_filter.c. */
export const bloomFilter: MapType = {
  id: 30,
  name: 'bloom_filter',
  since: '5.16',
  doc: 'A set of values that tells which are surely not in it. The low 4 bits of map_extra are the number of hash functions, 5 when 0. Entries are how many it is made for.',
  perCpu: false,
  indexed: false,
  directValue: false,
  lookup: 'none',
  asked: true,
  flags: FLAGS,
  checkCreate: check,
  helpers: ['bpf_map_push_elem', 'bpf_map_peek_elem'],
};
