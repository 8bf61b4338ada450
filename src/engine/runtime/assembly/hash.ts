// Hash, per-CPU hash and LRU hash. Lookups take no lock: elements never leave their map, and a chain ends with the
// number of its bucket, so that a reader who was led into another chain by a reused element notices and starts again.
import {
  BUCKET_HEAD, BUCKET_LOCK, BUCKET_SIZE, E2BIG, EEXIST, EINVAL, ELEM_FREE_NEXT, ELEM_HASH, ELEM_KEY, ELEM_NEXT, ELEM_REFERENCED,
  ELEM_STATE, ELEM_USED, ENOENT, ENOMEM, F_NO_PREALLOC, MAP_BUCKETS, MAP_BUCKET_MASK, MAP_BYTES,
  MAP_CAPACITY, MAP_CHUNKS, MAP_CLOCK_HAND, MAP_COUNT, MAP_CPU_STRIDE, MAP_EVICTIONS, MAP_FLAGS, MAP_FREE,
  MAP_FREE_LOCK, MAP_HEADER_SIZE, MAP_KEY_SIZE, MAP_LRU_HASH, MAP_LRU_PERCPU_HASH, MAP_MAX_ENTRIES, MAP_PERCPU_HASH, MAP_REFUSALS,
  MAP_STRIDE, MAP_TYPE, MAP_VALUES, MAP_VALUE_OFFSET, MAP_VALUE_SIZE, SYS_CPUS, CPU_ID,
} from '../layout';
import { alloc, alloc_zeroed, free } from './alloc';
import { newHeader } from './array';
import { acquire, cpuArea, release, roundUp } from './cpu';
import { hash16, hash4, hash8, hashBytes, sameKey } from './hash-key';

const CHUNK_HEADER: usize = 16;

@inline export function keyOf(element: usize): usize { return element + ELEM_KEY; }
@inline export function valueOf(map: usize, element: usize): usize {
  return element + <usize>load<u32>(map, MAP_VALUE_OFFSET);
}
@inline function isLru(map: usize): bool {
  const type = load<u32>(map, MAP_TYPE);
  return type == MAP_LRU_HASH || type == MAP_LRU_PERCPU_HASH;
}
@inline function bucketOf(map: usize, hash: u32): usize {
  return <usize>load<u32>(map, MAP_BUCKETS) + <usize>(hash & load<u32>(map, MAP_BUCKET_MASK)) * BUCKET_SIZE;
}
@inline function endMark(map: usize, hash: u32): u32 {
  return ((hash & load<u32>(map, MAP_BUCKET_MASK)) << 1) | 1;
}

// ---- creation

export function hash_create(type: u32, keySize: u32, valueSize: u32, maxEntries: u32, flags: u32): usize {
  const cpus = load<u32>(SYS_CPUS);
  const valueOffset = roundUp(<usize>(ELEM_KEY + keySize), 8);
  const cpuStride = type == MAP_PERCPU_HASH || type == MAP_LRU_PERCPU_HASH ? roundUp(<usize>valueSize, 8) : 0;
  const stride = <u64>valueOffset + (cpuStride ? <u64>cpuStride * cpus : <u64>roundUp(<usize>valueSize, 8));
  // Replacing an entry takes an element of its own for each CPU that may be doing so.
  const capacity = <u64>maxEntries + cpus;
  const buckets: u64 = maxEntries <= 1 ? 1 : <u64>1 << (32 - clz<u32>(maxEntries - 1));
  const preallocated = (flags & F_NO_PREALLOC) == 0;
  if (stride > 0x40000000 || buckets * BUCKET_SIZE > 0xf0000000) return 0;
  if (preallocated && stride * capacity > 0xf0000000) return 0;
  const map = newHeader(type, keySize, valueSize, maxEntries, flags);
  if (!map) return 0;
  store<u32>(map, <u32>stride, MAP_STRIDE);
  store<u32>(map, <u32>valueOffset, MAP_VALUE_OFFSET);
  store<u32>(map, <u32>cpuStride, MAP_CPU_STRIDE);
  store<u32>(map, <u32>(buckets - 1), MAP_BUCKET_MASK);
  const table = alloc(<usize>(buckets * BUCKET_SIZE));
  store<u32>(map, <u32>table, MAP_BUCKETS);
  store<u32>(map, <u32>(buckets * BUCKET_SIZE) + MAP_HEADER_SIZE, MAP_BYTES);
  if (!table || (preallocated && !addChunk(map, <u32>capacity))) {
    hash_destroy(map);
    return 0;
  }
  store<u32>(map, preallocated ? load<u32>(map, MAP_CHUNKS) + <u32>CHUNK_HEADER : 0, MAP_VALUES);
  for (let i: u32 = 0; i < <u32>buckets; i++) {
    const bucket = table + <usize>i * BUCKET_SIZE;
    store<u32>(bucket, (i << 1) | 1, BUCKET_HEAD);
    store<u32>(bucket, 0, BUCKET_LOCK);
  }
  return map;
}

export function hash_destroy(map: usize): void {
  let chunk = <usize>load<u32>(map, MAP_CHUNKS);
  while (chunk) {
    const next = <usize>load<u32>(chunk);
    free(chunk);
    chunk = next;
  }
  free(<usize>load<u32>(map, MAP_BUCKETS));
  free(map);
}

// Elements in ascending order, so that the first insertions go to neighbouring memory.
function addChunk(map: usize, count: u32): bool {
  const stride = <usize>load<u32>(map, MAP_STRIDE);
  const bytes = CHUNK_HEADER + stride * <usize>count;
  const chunk = alloc_zeroed(bytes);
  if (!chunk) return false;
  store<u32>(chunk, load<u32>(map, MAP_CHUNKS));
  let next: u32 = load<u32>(map, MAP_FREE);
  for (let i = count; i > 0; i--) {
    const element = chunk + CHUNK_HEADER + stride * <usize>(i - 1);
    store<u32>(element, next, ELEM_FREE_NEXT);
    next = <u32>element;
  }
  store<u32>(map, next, MAP_FREE);
  store<u32>(map, <u32>chunk, MAP_CHUNKS);
  store<u32>(map, load<u32>(map, MAP_CAPACITY) + count, MAP_CAPACITY);
  store<u32>(map, load<u32>(map, MAP_BYTES) + <u32>bytes, MAP_BYTES);
  return true;
}

// ---- free list

export function take(map: usize): usize {
  acquire(map + MAP_FREE_LOCK);
  if (!load<u32>(map, MAP_FREE) && load<u32>(map, MAP_FLAGS) & F_NO_PREALLOC) {
    const stride = load<u32>(map, MAP_STRIDE);
    const entries = load<u32>(map, MAP_MAX_ENTRIES);
    // A small map gets no more than it can use: a trie may need a fork for each entry.
    const most: u32 = entries < 32 ? 2 * entries : 64;
    const count: u32 = stride >= 4096 ? 1 : min<u32>(most, 8192 / stride);
    // A single element is enough when memory is short.
    if (!addChunk(map, count)) addChunk(map, 1);
  }
  const element = <usize>load<u32>(map, MAP_FREE);
  if (element) store<u32>(map, load<u32>(element, ELEM_FREE_NEXT), MAP_FREE);
  release(map + MAP_FREE_LOCK);
  return element;
}

export function give(map: usize, element: usize): void {
  acquire(map + MAP_FREE_LOCK);
  store<u32>(element, 0, ELEM_STATE);
  store<u32>(element, load<u32>(map, MAP_FREE), ELEM_FREE_NEXT);
  store<u32>(map, <u32>element, MAP_FREE);
  release(map + MAP_FREE_LOCK);
}

// ---- lookup

export function find(map: usize, key: usize, hash: u32): usize {
  const size = <usize>load<u32>(map, MAP_KEY_SIZE);
  const end = endMark(map, hash);
  const bucket = bucketOf(map, hash);
  while (true) {
    let element = load<u32>(bucket, BUCKET_HEAD);
    while (!(element & 1)) {
      if (load<u32>(<usize>element, ELEM_HASH) == hash && sameKey(keyOf(<usize>element), key, size)) return <usize>element;
      element = load<u32>(<usize>element, ELEM_NEXT);
    }
    if (element == end) return 0;
  }
}

@inline
function find4(map: usize, key: usize): usize {
  const word = load<u32>(key);
  const hash = hash4(key);
  const end = endMark(map, hash);
  const bucket = bucketOf(map, hash);
  while (true) {
    let element = load<u32>(bucket, BUCKET_HEAD);
    while (!(element & 1)) {
      if (load<u32>(<usize>element, ELEM_KEY) == word) return <usize>element;
      element = load<u32>(<usize>element, ELEM_NEXT);
    }
    if (element == end) return 0;
  }
}

@inline
function find8(map: usize, key: usize): usize {
  const word = load<u64>(key);
  const hash = hash8(key);
  const end = endMark(map, hash);
  const bucket = bucketOf(map, hash);
  while (true) {
    let element = load<u32>(bucket, BUCKET_HEAD);
    while (!(element & 1)) {
      if (load<u64>(<usize>element, ELEM_KEY) == word) return <usize>element;
      element = load<u32>(<usize>element, ELEM_NEXT);
    }
    if (element == end) return 0;
  }
}

@inline
function find16(map: usize, key: usize): usize {
  const low = load<u64>(key);
  const high = load<u64>(key, 8);
  const hash = hash16(key);
  const end = endMark(map, hash);
  const bucket = bucketOf(map, hash);
  while (true) {
    let element = load<u32>(bucket, BUCKET_HEAD);
    while (!(element & 1)) {
      if (load<u64>(<usize>element, ELEM_KEY) == low && load<u64>(<usize>element, ELEM_KEY + 8) == high) {
        return <usize>element;
      }
      element = load<u32>(<usize>element, ELEM_NEXT);
    }
    if (element == end) return 0;
  }
}

@inline function locate(map: usize, key: usize): usize {
  return find(map, key, hashBytes(key, <usize>load<u32>(map, MAP_KEY_SIZE)));
}
@inline function valueOrNull(map: usize, element: usize): usize { return element ? valueOf(map, element) : 0; }
@inline function ownValue(map: usize, element: usize): usize {
  return element
    ? valueOf(map, element) + <usize>load<u32>(cpuArea, CPU_ID) * <usize>load<u32>(map, MAP_CPU_STRIDE)
    : 0;
}
@inline function touched(map: usize, element: usize): usize {
  if (!element) return 0;
  const state = load<u32>(element, ELEM_STATE);
  if (!(state & ELEM_REFERENCED)) store<u32>(element, state | ELEM_REFERENCED, ELEM_STATE);
  return valueOf(map, element);
}

@inline
function touchedOwn(map: usize, element: usize): usize {
  touched(map, element);
  return ownValue(map, element);
}

export function hash_lookup(map: usize, key: usize): usize { return valueOrNull(map, locate(map, key)); }
export function hash_lookup_4(map: usize, key: usize): usize { return valueOrNull(map, find4(map, key)); }
export function hash_lookup_8(map: usize, key: usize): usize { return valueOrNull(map, find8(map, key)); }
export function hash_lookup_16(map: usize, key: usize): usize { return valueOrNull(map, find16(map, key)); }
export function percpu_hash_lookup(map: usize, key: usize): usize { return ownValue(map, locate(map, key)); }
export function percpu_hash_lookup_4(map: usize, key: usize): usize { return ownValue(map, find4(map, key)); }
export function percpu_hash_lookup_8(map: usize, key: usize): usize { return ownValue(map, find8(map, key)); }
export function percpu_hash_lookup_16(map: usize, key: usize): usize { return ownValue(map, find16(map, key)); }
export function lru_hash_lookup(map: usize, key: usize): usize { return touched(map, locate(map, key)); }
export function lru_hash_lookup_4(map: usize, key: usize): usize { return touched(map, find4(map, key)); }
export function lru_hash_lookup_8(map: usize, key: usize): usize { return touched(map, find8(map, key)); }
export function lru_hash_lookup_16(map: usize, key: usize): usize { return touched(map, find16(map, key)); }
export function lru_percpu_hash_lookup(map: usize, key: usize): usize { return touchedOwn(map, locate(map, key)); }
export function lru_percpu_hash_lookup_4(map: usize, key: usize): usize { return touchedOwn(map, find4(map, key)); }
export function lru_percpu_hash_lookup_8(map: usize, key: usize): usize { return touchedOwn(map, find8(map, key)); }
export function lru_percpu_hash_lookup_16(map: usize, key: usize): usize { return touchedOwn(map, find16(map, key)); }

// ---- update and delete

// Takes an element out of its chain. The bucket is locked.
function detach(bucket: usize, element: usize): void {
  let link = bucket + BUCKET_HEAD;
  while (<usize>load<u32>(link) != element) link = <usize>load<u32>(link) + ELEM_NEXT;
  store<u32>(link, load<u32>(element, ELEM_NEXT));
}

// Second chance: goes round the elements and takes the first that nobody looked up since the last round.
function evict(map: usize): void {
  const capacity = load<u32>(map, MAP_CAPACITY);
  const stride = <usize>load<u32>(map, MAP_STRIDE);
  const first = <usize>load<u32>(map, MAP_VALUES);
  for (let steps: u64 = 0; steps < <u64>capacity * 3; steps++) {
    const hand = atomic.add<u32>(map + MAP_CLOCK_HAND, 1) % capacity;
    const element = first + stride * <usize>hand;
    const state = load<u32>(element, ELEM_STATE);
    if (!(state & ELEM_USED)) continue;
    if (state & ELEM_REFERENCED) {
      store<u32>(element, ELEM_USED, ELEM_STATE);
      continue;
    }
    const bucket = bucketOf(map, load<u32>(element, ELEM_HASH));
    acquire(bucket + BUCKET_LOCK);
    // Another CPU may have freed or moved it before the lock was ours.
    const stillThere = load<u32>(element, ELEM_STATE) == ELEM_USED && bucketOf(map, load<u32>(element, ELEM_HASH)) == bucket;
    if (stillThere) {
      detach(bucket, element);
      give(map, element);
      atomic.sub<u32>(map + MAP_COUNT, 1);
      atomic.add<u64>(map + MAP_EVICTIONS, 1);
    }
    release(bucket + BUCKET_LOCK);
    if (stillThere) return;
  }
}

// Counts a new entry in; false when the map is full.
function reserve(map: usize): bool {
  const entries = load<u32>(map, MAP_MAX_ENTRIES);
  while (atomic.add<u32>(map + MAP_COUNT, 1) >= entries) {
    atomic.sub<u32>(map + MAP_COUNT, 1);
    if (!isLru(map)) {
      atomic.add<u64>(map + MAP_REFUSALS, 1);
      return false;
    }
    evict(map);
  }
  return true;
}

function fill(map: usize, element: usize, value: usize, allCpus: bool): void {
  const to = valueOf(map, element);
  const size = <usize>load<u32>(map, MAP_VALUE_SIZE);
  const cpuStride = <usize>load<u32>(map, MAP_CPU_STRIDE);
  if (!cpuStride) {
    memory.copy(to, value, size);
  } else if (allCpus) {
    memory.copy(to, value, cpuStride * <usize>load<u32>(SYS_CPUS));
  } else {
    memory.fill(to, 0, cpuStride * <usize>load<u32>(SYS_CPUS));
    memory.copy(to + <usize>load<u32>(cpuArea, CPU_ID) * cpuStride, value, size);
  }
}

function insert(map: usize, bucket: usize, element: usize, hash: u32, key: usize): void {
  store<u32>(element, hash, ELEM_HASH);
  store<u32>(element, ELEM_USED, ELEM_STATE);
  memory.copy(keyOf(element), key, <usize>load<u32>(map, MAP_KEY_SIZE));
  store<u32>(element, load<u32>(bucket, BUCKET_HEAD), ELEM_NEXT);
  atomic.store<u32>(bucket + BUCKET_HEAD, <u32>element);
}

// The lock of an LRU map's bucket cannot be held while another bucket's entry is evicted, so a new entry is counted in
// and its element taken before the bucket is locked.
function put(map: usize, key: usize, value: usize, flags: u64, allCpus: bool): i32 {
  if (flags > 2) return -EINVAL;
  const hash = hashBytes(key, <usize>load<u32>(map, MAP_KEY_SIZE));
  const bucket = bucketOf(map, hash);
  let fresh: usize = 0;
  while (true) {
    acquire(bucket + BUCKET_LOCK);
    const old = find(map, key, hash);
    if (old || fresh) {
      const result = settle(map, bucket, hash, key, value, flags, allCpus, old, fresh);
      release(bucket + BUCKET_LOCK);
      return result;
    }
    release(bucket + BUCKET_LOCK);
    if (flags == 2) return -ENOENT;
    if (!reserve(map)) return -E2BIG;
    fresh = take(map);
    if (!fresh) {
      atomic.sub<u32>(map + MAP_COUNT, 1);
      return -ENOMEM;
    }
  }
}

// As Linux does, an existing entry is replaced by a new element, so that a value looked up before keeps its bytes;
// per-CPU values are changed in place.
function settle(
  map: usize, bucket: usize, hash: u32, key: usize, value: usize, flags: u64, allCpus: bool, old: usize, fresh: usize,
): i32 {
  if (!old) {
    fill(map, fresh, value, allCpus);
    insert(map, bucket, fresh, hash, key);
    return 0;
  }
  // Another CPU inserted the key meanwhile.
  if (fresh) {
    give(map, fresh);
    atomic.sub<u32>(map + MAP_COUNT, 1);
  }
  if (flags == 1) return -EEXIST;
  if (load<u32>(map, MAP_CPU_STRIDE)) {
    if (isLru(map)) touched(map, old);
    const own = allCpus ? valueOf(map, old) : ownValue(map, old);
    const size = allCpus
      ? <usize>load<u32>(map, MAP_CPU_STRIDE) * <usize>load<u32>(SYS_CPUS)
      : <usize>load<u32>(map, MAP_VALUE_SIZE);
    memory.copy(own, value, size);
    return 0;
  }
  const replacement = take(map);
  if (!replacement) return -ENOMEM;
  fill(map, replacement, value, false);
  insert(map, bucket, replacement, hash, key);
  if (isLru(map)) store<u32>(replacement, ELEM_USED | ELEM_REFERENCED, ELEM_STATE);
  detach(bucket, old);
  give(map, old);
  return 0;
}

export function hash_update(map: usize, key: usize, value: usize, flags: u64): i32 {
  return put(map, key, value, flags, false);
}

/** Every CPU's value at once, `values` holding one for each CPU, each rounded up to 8 bytes. */
export function percpu_hash_update_all(map: usize, key: usize, values: usize, flags: u64): i32 {
  return put(map, key, values, flags, true);
}

export function hash_delete(map: usize, key: usize): i32 {
  const hash = hashBytes(key, <usize>load<u32>(map, MAP_KEY_SIZE));
  const bucket = bucketOf(map, hash);
  acquire(bucket + BUCKET_LOCK);
  const element = find(map, key, hash);
  if (element) {
    detach(bucket, element);
    give(map, element);
    atomic.sub<u32>(map + MAP_COUNT, 1);
  }
  release(bucket + BUCKET_LOCK);
  return element ? 0 : -ENOENT;
}
