// Hashing and comparing keys. Deterministic: the same keys lie in the same order on every machine.
import { HASH_MULTIPLIER } from '../layout';

@inline function fold(p: u64): u32 { return <u32>p ^ <u32>(p >> 32); }
@inline export function hash4(key: usize): u32 { return fold(<u64>load<u32>(key) * HASH_MULTIPLIER); }
@inline function mix(h: u64, word: u64): u64 {
  const p = (h ^ word) * 0x9e3779b97f4a7c15;
  return p ^ (p >> 29);
}
@inline function finish(h: u64): u32 { return fold(h * 0xff51afd7ed558ccd); }
@inline export function hash8(key: usize): u32 { return finish(mix(8, load<u64>(key))); }
@inline export function hash16(key: usize): u32 { return finish(mix(mix(16, load<u64>(key)), load<u64>(key, 8))); }

export function hashBytes(key: usize, size: usize): u32 {
  if (size == 4) return hash4(key);
  let h: u64 = size;
  let at: usize = 0;
  for (; at + 8 <= size; at += 8) h = mix(h, load<u64>(key + at));
  let tail: u64 = 0;
  for (let shift: u64 = 0; at < size; at++, shift += 8) tail |= <u64>load<u8>(key + at) << shift;
  if (size & 7) h = mix(h, tail);
  return finish(h);
}

export function sameKey(a: usize, b: usize, size: usize): bool {
  let at: usize = 0;
  for (; at + 8 <= size; at += 8) if (load<u64>(a + at) != load<u64>(b + at)) return false;
  for (; at < size; at++) if (load<u8>(a + at) != load<u8>(b + at)) return false;
  return true;
}
