// Changes of width: truncation by a load, zero extension by a 32-bit operation, sign extension by movsx and MEMSX.
import {
  bits, isConst64, mask, setKnown, setS, setS32, setTnum, setU, setU32, smax, smax32, smin, smin32, umax, umax32, umin, umin32,
  unbound32,
} from './fields';
import { syncBounds } from './bounds';
import { tm, tnumRange, tv } from './tnum';

/** The register keeps its lower half; the upper becomes zero. Bounds are not yet synchronised. */
export function zeroExtend32(r: usize): void {
  setTnum(r, bits(r) & 0xffffffff, mask(r) & 0xffffffff);
  setU(r, umin32(r) as u64, umax32(r) as u64);
  // Signed ranges carry over only where they cannot be negative.
  if (smin32(r) >= 0 && smax32(r) >= 0) setS(r, smin32(r) as i64, smax32(r) as i64);
  else setS(r, 0, u32.MAX_VALUE as i64);
}

/** The value that is left of a scalar when `size` bytes of it are loaded and zero-extended. */
export function truncateTo(r: usize, size: i32): void {
  if (size >= 8) return;
  const keep: u64 = ((1 as u64) << ((size * 8) as u64)) - 1;
  setTnum(r, bits(r) & keep, mask(r) & keep);
  if ((umin(r) & ~keep) == (umax(r) & ~keep)) setU(r, umin(r) & keep, umax(r) & keep);
  else setU(r, 0, keep);
  setS(r, umin(r) as i64, umax(r) as i64);
  if (size < 4) unbound32(r);
  syncBounds(r);
}

// @ts-ignore: decorator
@inline function signExtend(value: i64, size: i32): i64 {
  const shift = (64 - size * 8) as i64;
  return (value << shift) >> shift;
}

/** The value of a scalar's lowest `size` bytes (1, 2, 4), sign-extended to 64 bits. */
export function signExtend64(r: usize, size: i32): void {
  if (isConst64(r)) {
    setKnown(r, signExtend(bits(r) as i64, size) as u64);
    return;
  }
  const width = (size * 8) as i64;
  if (smax(r) >> width == smin(r) >> width) {
    const a = signExtend(smax(r), size);
    const b = signExtend(smin(r), size);
    const high = a > b ? a : b;
    const low = a > b ? b : a;
    if ((high >= 0) == (low >= 0)) {
      setS(r, low, high);
      setU(r, low as u64, high as u64);
      setS32(r, low as i32, high as i32);
      setU32(r, low as u32, high as u32);
      tnumRange(low as u64, high as u64);
      setTnum(r, tv, tm);
      return;
    }
  }
  const lowest: i64 = -((1 as i64) << (width - 1));
  setS(r, lowest, -1 - lowest);
  setU(r, 0, u64.MAX_VALUE);
  setS32(r, lowest as i32, (-1 - lowest) as i32);
  setU32(r, 0, u32.MAX_VALUE);
  setTnum(r, 0, u64.MAX_VALUE);
}

/** The value of a scalar's lowest `size` bytes (1, 2), sign-extended to 32 bits; the upper half is not yet cleared. */
export function signExtend32(r: usize, size: i32): void {
  if (isConst64(r)) {
    const value = signExtend(bits(r) as i64, size) as i32;
    setTnum(r, (value as i64) as u64, 0);
    setS32(r, value, value);
    setU32(r, value as u32, value as u32);
    return;
  }
  const width = size * 8;
  if (smax32(r) >> width == smin32(r) >> width) {
    const a = signExtend(smax32(r) as i64, size) as i32;
    const b = signExtend(smin32(r) as i64, size) as i32;
    const high = a > b ? a : b;
    const low = a > b ? b : a;
    if ((high >= 0) == (low >= 0)) {
      setS32(r, low, high);
      setU32(r, low as u32, high as u32);
      tnumRange((low as i64) as u64, (high as i64) as u64);
      setTnum(r, tv & 0xffffffff, tm & 0xffffffff);
      return;
    }
  }
  const lowest: i32 = -(1 << (width - 1));
  setS32(r, lowest, -1 - lowest);
  setU32(r, 0, u32.MAX_VALUE);
  setTnum(r, 0, 0xffffffff);
}

/** 32-bit write: upper half zero, bounds in line. */
export function asWord(r: usize): void {
  zeroExtend32(r);
  syncBounds(r);
}
