// Bloom filters, sized and hashed as in Linux, so that with BPF_F_ZERO_SEED they answer the same.
import {
  BLOOM_HASHES, BLOOM_MASK, EINVAL, ENOENT, MAP_BYTES, MAP_HEADER_SIZE, MAP_VALUES, MAP_VALUE_SIZE,
} from '../layout';
import { alloc_zeroed, free } from './alloc';
import { newHeader } from './array';

const DEFAULT_HASHES: u32 = 5;

/** About 7/5 bits for each entry and hash, rounded up to a power of two, at most 2^32. */
export function bloom_create(type: u32, valueSize: u32, maxEntries: u32, flags: u32, hashes: u32): usize {
  if (!hashes) hashes = DEFAULT_HASHES;
  const wanted = <u64>maxEntries * hashes;
  let bits: u64 = (wanted / 5) * 7;
  if (wanted > 0xffffffff || bits > 0x80000000) bits = 0x100000000;
  else if (bits <= 64) bits = 64;
  else bits = <u64>1 << (64 - clz<u64>(bits - 1));
  const map = newHeader(type, 0, valueSize, maxEntries, flags);
  if (!map) return 0;
  const set = alloc_zeroed(<usize>(bits >> 3));
  if (!set) {
    free(map);
    return 0;
  }
  store<u32>(map, <u32>set, MAP_VALUES);
  store<u32>(map, <u32>(bits - 1), BLOOM_MASK);
  store<u32>(map, hashes, BLOOM_HASHES);
  store<u32>(map, <u32>(bits >> 3) + MAP_HEADER_SIZE, MAP_BYTES);
  return map;
}

// Bob Jenkins' lookup3 (public domain, 2006), as Linux's jhash starts it.
function hash(value: usize, size: u32, seed: u32): u32 {
  let a: u32 = 0xdeadbeef + size + seed;
  let b = a;
  let c = a;
  while (size > 12) {
    a += load<u32>(value);
    b += load<u32>(value, 4);
    c += load<u32>(value, 8);
    a -= c; a ^= rotl<u32>(c, 4); c += b;
    b -= a; b ^= rotl<u32>(a, 6); a += c;
    c -= b; c ^= rotl<u32>(b, 8); b += a;
    a -= c; a ^= rotl<u32>(c, 16); c += b;
    b -= a; b ^= rotl<u32>(a, 19); a += c;
    c -= b; c ^= rotl<u32>(b, 4); b += a;
    size -= 12;
    value += 12;
  }
  a += word(value, size);
  if (size > 4) b += word(value + 4, size - 4);
  if (size > 8) c += word(value + 8, size - 8);
  c ^= b; c -= rotl<u32>(b, 14);
  a ^= c; a -= rotl<u32>(c, 11);
  b ^= a; b -= rotl<u32>(a, 25);
  c ^= b; c -= rotl<u32>(b, 16);
  a ^= c; a -= rotl<u32>(c, 4);
  b ^= a; b -= rotl<u32>(a, 14);
  c ^= b; c -= rotl<u32>(b, 24);
  return c;
}

// Up to 4 bytes, little-endian.
@inline
function word(from: usize, size: u32): u32 {
  if (size >= 4) return load<u32>(from);
  let value: u32 = 0;
  for (let i: u32 = 0; i < size; i++) value |= <u32>load<u8>(from + <usize>i) << (i << 3);
  return value;
}

export function bloom_push(map: usize, value: usize, flags: u64): i32 {
  if (flags) return -EINVAL;
  const set = <usize>load<u32>(map, MAP_VALUES);
  for (let i: u32 = 0; i < load<u32>(map, BLOOM_HASHES); i++) {
    const bit = hash(value, load<u32>(map, MAP_VALUE_SIZE), i) & load<u32>(map, BLOOM_MASK);
    atomic.or<u32>(set + (<usize>(bit >> 5) << 2), <u32>1 << (bit & 31));
  }
  return 0;
}

/** 0 when the value may have been pushed, -ENOENT when it surely was not. */
export function bloom_peek(map: usize, value: usize): i32 {
  const set = <usize>load<u32>(map, MAP_VALUES);
  for (let i: u32 = 0; i < load<u32>(map, BLOOM_HASHES); i++) {
    const bit = hash(value, load<u32>(map, MAP_VALUE_SIZE), i) & load<u32>(map, BLOOM_MASK);
    if (!(load<u32>(set + (<usize>(bit >> 5) << 2)) & (<u32>1 << (bit & 31)))) return -ENOENT;
  }
  return 0;
}
