import type { MapShape, MapType } from '../../src/maps/map-type.js';

const PLAIN: MapShape = { keySize: 4, valueSize: 8, maxEntries: 4, flags: 0 };

/** Where a type cannot have the plain shape. */
const OTHERS: Readonly<Record<string, Partial<MapShape>>> = {
  prog_array: { valueSize: 4 },
  perf_event_array: { valueSize: 4 },
  cgroup_array: { valueSize: 4 },
  xskmap: { valueSize: 4 },
  devmap: { valueSize: 4 },
  devmap_hash: { valueSize: 4 },
  cpumap: { valueSize: 4 },
  lpm_trie: { keySize: 8, flags: 1 },
  array_of_maps: { valueSize: 4 },
  hash_of_maps: { valueSize: 4 },
  queue: { keySize: 0 },
  stack: { keySize: 0 },
  bloom_filter: { keySize: 0 },
  ringbuf: { keySize: 0, valueSize: 0, maxEntries: 4096 },
};

/** A small shape that a map of the type may have. */
export function smallShape(type: MapType): MapShape {
  return { ...PLAIN, ...OTHERS[type.name] };
}
