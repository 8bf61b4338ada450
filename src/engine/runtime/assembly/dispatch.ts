// What programs call where the JIT does not know the map, and what user space calls.
import {
  EINVAL, ENOTSUPP, EOPNOTSUPP, MAP_ARRAY, MAP_ARRAY_OF_MAPS, MAP_BLOOM_FILTER, MAP_CGROUP_ARRAY, MAP_CPUMAP, MAP_CPU_STRIDE, MAP_DEVMAP, MAP_DEVMAP_HASH, MAP_HASH, MAP_HASH_OF_MAPS, MAP_LPM_TRIE, MAP_LRU_HASH,
  MAP_LRU_PERCPU_HASH, MAP_PERCPU_ARRAY, MAP_PERCPU_HASH, MAP_PERF_EVENT_ARRAY, MAP_PROG_ARRAY, MAP_QUEUE, MAP_RINGBUF,
  MAP_STACK, MAP_TYPE, MAP_XSKMAP, SYS_CPUS,
} from '../layout';
import {
  array_create, array_destroy, array_lookup, array_next_key, array_update, percpu_array_create, percpu_array_lookup,
  percpu_array_update, percpu_array_update_all, slot_array_create,
} from './array';
import { bloom_create, bloom_peek, bloom_push } from './bloom';
import {
  hash_create, hash_delete, hash_destroy, hash_lookup, hash_update, lru_hash_lookup, lru_percpu_hash_lookup,
  percpu_hash_lookup, percpu_hash_update_all,
} from './hash';
import { hash_next_key } from './hash-walk';
import { lpm_create, lpm_delete, lpm_lookup, lpm_next_key, lpm_update } from './lpm';
import { array_of_maps_lookup, hash_of_maps_lookup } from './map-in-map';
import { slot_lookup } from './redirect-map';
import { queue_create, queue_peek, queue_pop, queue_push } from './queue';
import { ringbuf_create } from './ringbuf';

/** A map of a shape that the caller has checked, or 0 when there is no memory for it. */
export function map_create(type: u32, keySize: u32, valueSize: u32, maxEntries: u32, flags: u32, extra: u32): usize {
  switch (type) {
    case MAP_HASH:
    case MAP_PERCPU_HASH:
    case MAP_LRU_HASH:
    case MAP_LRU_PERCPU_HASH:
    case MAP_HASH_OF_MAPS:
    case MAP_DEVMAP_HASH:
      return hash_create(type, keySize, valueSize, maxEntries, flags);
    case MAP_ARRAY:
    case MAP_ARRAY_OF_MAPS:
      return array_create(type, valueSize, maxEntries, flags);
    case MAP_PERCPU_ARRAY:
      return percpu_array_create(type, valueSize, maxEntries, flags);
    case MAP_PROG_ARRAY:
    case MAP_PERF_EVENT_ARRAY:
    case MAP_CGROUP_ARRAY:
    case MAP_DEVMAP:
    case MAP_CPUMAP:
    case MAP_XSKMAP:
      return slot_array_create(type, maxEntries, flags);
    case MAP_LPM_TRIE:
      return lpm_create(type, keySize, valueSize, maxEntries, flags);
    case MAP_QUEUE:
    case MAP_STACK:
      return queue_create(type, valueSize, maxEntries, flags);
    case MAP_BLOOM_FILTER:
      return bloom_create(type, valueSize, maxEntries, flags, extra);
    case MAP_RINGBUF:
      return ringbuf_create(type, maxEntries, flags);
    default:
      return 0;
  }
}

@inline
export function isHash(type: u32): bool {
  return type == MAP_HASH || type == MAP_PERCPU_HASH || type == MAP_LRU_HASH || type == MAP_LRU_PERCPU_HASH
    || type == MAP_HASH_OF_MAPS || type == MAP_DEVMAP_HASH;
}

export function map_destroy(map: usize): void {
  const type = load<u32>(map, MAP_TYPE);
  if (isHash(type) || type == MAP_LPM_TRIE) hash_destroy(map);
  else array_destroy(map);
}

/** As a program sees it: the value of the current CPU; a lookup in an LRU map counts as a use. */
export function map_lookup(map: usize, key: usize): usize {
  switch (load<u32>(map, MAP_TYPE)) {
    case MAP_HASH: return hash_lookup(map, key);
    case MAP_PERCPU_HASH: return percpu_hash_lookup(map, key);
    case MAP_LRU_HASH: return lru_hash_lookup(map, key);
    case MAP_LRU_PERCPU_HASH: return lru_percpu_hash_lookup(map, key);
    case MAP_ARRAY: return array_lookup(map, key);
    case MAP_PERCPU_ARRAY: return percpu_array_lookup(map, key);
    case MAP_LPM_TRIE: return lpm_lookup(map, key);
    case MAP_ARRAY_OF_MAPS: return array_of_maps_lookup(map, key);
    case MAP_HASH_OF_MAPS: return hash_of_maps_lookup(map, key);
    case MAP_DEVMAP:
    case MAP_XSKMAP: return slot_lookup(map, key);
    case MAP_DEVMAP_HASH: return hash_lookup(map, key);
    default: return 0;
  }
}

/** As user space sees it: the first CPU's value, the others following at the map's CPU stride. */
export function map_peek(map: usize, key: usize): usize {
  const type = load<u32>(map, MAP_TYPE);
  if (isHash(type)) return hash_lookup(map, key);
  return type == MAP_LPM_TRIE ? lpm_lookup(map, key) : array_lookup(map, key);
}

export function map_lookup_percpu(map: usize, key: usize, cpu: u32): usize {
  if (cpu >= load<u32>(SYS_CPUS)) return 0;
  const first = map_peek(map, key);
  return first ? first + <usize>cpu * <usize>load<u32>(map, MAP_CPU_STRIDE) : 0;
}

export function map_update(map: usize, key: usize, value: usize, flags: u64): i32 {
  switch (load<u32>(map, MAP_TYPE)) {
    case MAP_HASH:
    case MAP_PERCPU_HASH:
    case MAP_LRU_HASH:
    case MAP_LRU_PERCPU_HASH:
    case MAP_HASH_OF_MAPS:
    case MAP_DEVMAP_HASH: return hash_update(map, key, value, flags);
    case MAP_ARRAY: return array_update(map, key, value, flags);
    case MAP_PERCPU_ARRAY: return percpu_array_update(map, key, value, flags);
    case MAP_LPM_TRIE: return lpm_update(map, key, value, flags);
    default: return -EINVAL;
  }
}

/** As user space does it: per-CPU maps take the values of all CPUs. */
export function map_store(map: usize, key: usize, value: usize, flags: u64): i32 {
  switch (load<u32>(map, MAP_TYPE)) {
    case MAP_PERCPU_HASH:
    case MAP_LRU_PERCPU_HASH: return percpu_hash_update_all(map, key, value, flags);
    case MAP_PERCPU_ARRAY: return percpu_array_update_all(map, key, value, flags);
    default: return map_update(map, key, value, flags);
  }
}

export function map_delete(map: usize, key: usize): i32 {
  const type = load<u32>(map, MAP_TYPE);
  if (isHash(type)) return hash_delete(map, key);
  switch (type) {
    case MAP_LPM_TRIE: return lpm_delete(map, key);
    case MAP_BLOOM_FILTER: return -EOPNOTSUPP;
    default: return -EINVAL;
  }
}

export function map_next_key(map: usize, key: usize, next: usize): i32 {
  const type = load<u32>(map, MAP_TYPE);
  if (isHash(type)) return hash_next_key(map, key, next);
  switch (type) {
    case MAP_LPM_TRIE: return lpm_next_key(map, key, next);
    case MAP_QUEUE:
    case MAP_STACK: return -EINVAL;
    case MAP_BLOOM_FILTER: return -EOPNOTSUPP;
    case MAP_RINGBUF: return -ENOTSUPP;
    default: return array_next_key(map, key, next);
  }
}

@inline function isBloom(map: usize): bool { return load<u32>(map, MAP_TYPE) == MAP_BLOOM_FILTER; }

export function map_push(map: usize, value: usize, flags: u64): i32 {
  return isBloom(map) ? bloom_push(map, value, flags) : queue_push(map, value, flags);
}

export function map_pop(map: usize, value: usize): i32 {
  return isBloom(map) ? -EOPNOTSUPP : queue_pop(map, value);
}

/** The next value of a queue or stack; whether a value may be in a bloom filter. */
export function map_peek_value(map: usize, value: usize): i32 {
  return isBloom(map) ? bloom_peek(map, value) : queue_peek(map, value);
}
