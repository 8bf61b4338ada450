// Going through the entries of a hash, in the order of its buckets.
import {
  BUCKET_HEAD, BUCKET_LOCK, BUCKET_SIZE, ELEM_NEXT, ENOENT, MAP_BUCKETS, MAP_BUCKET_MASK, MAP_CPU_STRIDE, MAP_KEY_SIZE,
  MAP_VALUE_SIZE, SYS_CPUS,
} from '../layout';
import { acquire, release } from './cpu';
import { find, keyOf, valueOf } from './hash';
import { hashBytes } from './hash-key';

function firstFrom(map: usize, bucket: u32, next: usize): i32 {
  const last = load<u32>(map, MAP_BUCKET_MASK);
  const table = <usize>load<u32>(map, MAP_BUCKETS);
  for (let i = bucket; i <= last; i++) {
    const head = load<u32>(table + <usize>i * BUCKET_SIZE, BUCKET_HEAD);
    if (head & 1) continue;
    memory.copy(next, keyOf(<usize>head), <usize>load<u32>(map, MAP_KEY_SIZE));
    return 0;
  }
  return -ENOENT;
}

/** The key after `key` (0: the first, as for a key that is not there) is written to `next`. */
export function hash_next_key(map: usize, key: usize, next: usize): i32 {
  if (!key) return firstFrom(map, 0, next);
  const hash = hashBytes(key, <usize>load<u32>(map, MAP_KEY_SIZE));
  const element = find(map, key, hash);
  if (!element) return firstFrom(map, 0, next);
  const after = load<u32>(element, ELEM_NEXT);
  if (after & 1) return firstFrom(map, (hash & load<u32>(map, MAP_BUCKET_MASK)) + 1, next);
  memory.copy(next, keyOf(<usize>after), <usize>load<u32>(map, MAP_KEY_SIZE));
  return 0;
}

/**
 * Copies whole buckets from number `bucket` on to `out` as key, value (all CPUs'), without gaps, while they fit in
 * `room` bytes. Returns the number of entries copied << 32 | the bucket to go on with (mask + 1 at the end).
 */
export function hash_dump(map: usize, bucket: u32, out: usize, room: usize): u64 {
  const last = load<u32>(map, MAP_BUCKET_MASK);
  const table = <usize>load<u32>(map, MAP_BUCKETS);
  const keySize = <usize>load<u32>(map, MAP_KEY_SIZE);
  const valueSize = load<u32>(map, MAP_CPU_STRIDE)
    ? <usize>load<u32>(map, MAP_CPU_STRIDE) * <usize>load<u32>(SYS_CPUS)
    : <usize>load<u32>(map, MAP_VALUE_SIZE);
  let copied: u64 = 0;
  for (; bucket <= last; bucket++) {
    const at = table + <usize>bucket * BUCKET_SIZE;
    if (load<u32>(at, BUCKET_HEAD) & 1) continue;
    acquire(at + BUCKET_LOCK);
    let need: usize = 0;
    for (let e = load<u32>(at, BUCKET_HEAD); !(e & 1); e = load<u32>(<usize>e, ELEM_NEXT)) need += keySize + valueSize;
    const fits = need <= room;
    if (fits) {
      room -= need;
      for (let e = load<u32>(at, BUCKET_HEAD); !(e & 1); e = load<u32>(<usize>e, ELEM_NEXT)) {
        memory.copy(out, keyOf(<usize>e), keySize);
        memory.copy(out + keySize, valueOf(map, <usize>e), valueSize);
        out += keySize + valueSize;
        copied++;
      }
    }
    release(at + BUCKET_LOCK);
    if (!fits) break;
  }
  return (copied << 32) | <u64>bucket;
}
