import type { MapFacts } from '../../../maps/map-type.js';
import { type HelperFamily, i32, i64, runtime, status } from '../family.js';

/** Variants of the lookup exist for these key sizes. */
const FAST_KEYS: ReadonlySet<number> = new Set([4, 8, 16]);

/** Runtime exports that look up, by map type. `bySize`: with variants for `FAST_KEYS`. */
const LOOKUPS: Readonly<Record<string, { name: string; bySize: boolean }>> = {
  hash: { name: 'hash_lookup', bySize: true },
  percpu_hash: { name: 'percpu_hash_lookup', bySize: true },
  lru_hash: { name: 'lru_hash_lookup', bySize: true },
  array: { name: 'array_lookup', bySize: false },
  percpu_array: { name: 'percpu_array_lookup', bySize: false },
  lru_percpu_hash: { name: 'lru_percpu_hash_lookup', bySize: true },
  lpm_trie: { name: 'lpm_lookup', bySize: false },
  array_of_maps: { name: 'array_of_maps_lookup', bySize: false },
  hash_of_maps: { name: 'hash_of_maps_lookup', bySize: false },
};
const UPDATES: Readonly<Record<string, string>> = {
  hash: 'hash_update',
  percpu_hash: 'hash_update',
  lru_hash: 'hash_update',
  array: 'array_update',
  percpu_array: 'percpu_array_update',
  lru_percpu_hash: 'hash_update',
  lpm_trie: 'lpm_update',
};
const DELETES: Readonly<Record<string, string>> = {
  hash: 'hash_delete',
  percpu_hash: 'hash_delete',
  lru_hash: 'hash_delete',
  lru_percpu_hash: 'hash_delete',
  lpm_trie: 'lpm_delete',
};

function lookupName(map: MapFacts | undefined): string {
  const entry = map === undefined ? undefined : LOOKUPS[map.type.name];
  if (map === undefined || entry === undefined) return 'map_lookup';
  return entry.bySize && FAST_KEYS.has(map.keySize) ? `${entry.name}_${map.keySize}` : entry.name;
}

export const mapElements: HelperFamily = {
  bindings: {
    bpf_map_lookup_elem: ({ map }) => runtime(lookupName(map), [i32, i32], i32),
    bpf_map_update_elem: ({ map }) =>
      status((map && UPDATES[map.type.name]) ?? 'map_update', i32, i32, i32, i64),
    bpf_map_delete_elem: ({ map }) => status((map && DELETES[map.type.name]) ?? 'map_delete', i32, i32),
    bpf_map_lookup_percpu_elem: runtime('map_lookup_percpu', [i32, i32, i32], i32),
  },
};
