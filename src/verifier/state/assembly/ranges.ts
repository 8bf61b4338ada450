// What an operation does to a scalar's ranges; `d` is changed, `s` is the other operand.
// 32-bit and 64-bit ranges are computed side by side by every operation, as Linux 6.18 does.
import {
  bits, isConst32, isConst64, mask, setKnown, setKnown32, setS, setS32, setTnum, setU, setU32, smax, smax32, smin, smin32,
  umax, umax32, umin, umin32, unbound32, unbound64,
} from './fields';
import { updateBounds, updateBounds32 } from './bounds';
import { tm, tnumArshift, tv } from './tnum';

// @ts-ignore: decorator
@inline function addOverflows(a: i64, b: i64): bool { const s = a + b; return ((a ^ s) & (b ^ s)) < 0; }
// @ts-ignore: decorator
@inline function subOverflows(a: i64, b: i64): bool { const s = a - b; return ((a ^ b) & (a ^ s)) < 0; }

/** Sums either all wrap or none does: then both ends may wrap together. */
export function addRanges(d: usize, s: usize): void {
  const low = umin(d) + umin(s);
  const high = umax(d) + umax(s);
  if (low >= umin(d) && high < umax(d)) setU(d, 0, u64.MAX_VALUE);
  else setU(d, low, high);
  if (addOverflows(smin(d), smin(s)) || addOverflows(smax(d), smax(s))) setS(d, i64.MIN_VALUE, i64.MAX_VALUE);
  else setS(d, smin(d) + smin(s), smax(d) + smax(s));
}

export function addRanges32(d: usize, s: usize): void {
  const low = umin32(d) + umin32(s);
  const high = umax32(d) + umax32(s);
  if (low >= umin32(d) && high < umax32(d)) setU32(d, 0, u32.MAX_VALUE);
  else setU32(d, low, high);
  const slow = (smin32(d) as i64) + (smin32(s) as i64);
  const shigh = (smax32(d) as i64) + (smax32(s) as i64);
  setWide32(d, slow, shigh);
}

/** A signed 32-bit range from exact 64-bit ends; unknown where an end does not fit. */
function setWide32(d: usize, low: i64, high: i64): void {
  if (low != ((low as i32) as i64) || high != ((high as i32) as i64)) setS32(d, i32.MIN_VALUE, i32.MAX_VALUE);
  else setS32(d, low as i32, high as i32);
}

export function subRanges(d: usize, s: usize): void {
  const lowWraps = umin(d) < umax(s);
  const highWraps = umax(d) < umin(s);
  if (lowWraps && !highWraps) setU(d, 0, u64.MAX_VALUE);
  else setU(d, umin(d) - umax(s), umax(d) - umin(s));
  if (subOverflows(smin(d), smax(s)) || subOverflows(smax(d), smin(s))) setS(d, i64.MIN_VALUE, i64.MAX_VALUE);
  else setS(d, smin(d) - smax(s), smax(d) - smin(s));
}

export function subRanges32(d: usize, s: usize): void {
  const lowWraps = umin32(d) < umax32(s);
  const highWraps = umax32(d) < umin32(s);
  if (lowWraps && !highWraps) setU32(d, 0, u32.MAX_VALUE);
  else setU32(d, umin32(d) - umax32(s), umax32(d) - umin32(s));
  setWide32(d, (smin32(d) as i64) - (smax32(s) as i64), (smax32(d) as i64) - (smin32(s) as i64));
}

// @ts-ignore: decorator
@inline function mulOverflowsU(a: u64, b: u64): bool { return a != 0 && b > u64.MAX_VALUE / a; }
// @ts-ignore: decorator
@inline function mulOverflowsS(a: i64, b: i64): bool {
  if (a == 0 || b == 0) return false;
  if ((a == -1 && b == i64.MIN_VALUE) || (b == -1 && a == i64.MIN_VALUE)) return true;
  return (a * b) / b != a;
}

export function mulRanges(d: usize, s: usize): void {
  if (mulOverflowsU(umax(d), umax(s)) || mulOverflowsU(umin(d), umin(s))) setU(d, 0, u64.MAX_VALUE);
  else setU(d, umin(d) * umin(s), umax(d) * umax(s));
  const a = smin(d), b = smax(d), c = smin(s), e = smax(s);
  if (mulOverflowsS(a, c) || mulOverflowsS(a, e) || mulOverflowsS(b, c) || mulOverflowsS(b, e)) {
    setS(d, i64.MIN_VALUE, i64.MAX_VALUE);
    return;
  }
  setS(d, min4(a * c, a * e, b * c, b * e), max4(a * c, a * e, b * c, b * e));
}

export function mulRanges32(d: usize, s: usize): void {
  const low = (umin32(d) as u64) * (umin32(s) as u64);
  const high = (umax32(d) as u64) * (umax32(s) as u64);
  if (high > (u32.MAX_VALUE as u64) || low > (u32.MAX_VALUE as u64)) setU32(d, 0, u32.MAX_VALUE);
  else setU32(d, low as u32, high as u32);
  const a = smin32(d) as i64, b = smax32(d) as i64, c = smin32(s) as i64, e = smax32(s) as i64;
  setWide32(d, min4(a * c, a * e, b * c, b * e), max4(a * c, a * e, b * c, b * e));
}

// @ts-ignore: decorator
@inline function min2(a: i64, b: i64): i64 { return a < b ? a : b; }
// @ts-ignore: decorator
@inline function max2(a: i64, b: i64): i64 { return a > b ? a : b; }
function min4(a: i64, b: i64, c: i64, d: i64): i64 { return min2(min2(a, b), min2(c, d)); }
function max4(a: i64, b: i64, c: i64, d: i64): i64 { return max2(max2(a, b), max2(c, d)); }

/** The signed range of an unsigned one that does not cross the sign. */
function signedFromUnsigned(d: usize): void {
  if ((umin(d) as i64) <= (umax(d) as i64)) setS(d, umin(d) as i64, umax(d) as i64);
  else setS(d, i64.MIN_VALUE, i64.MAX_VALUE);
}
function signedFromUnsigned32(d: usize): void {
  if ((umin32(d) as i32) <= (umax32(d) as i32)) setS32(d, umin32(d) as i32, umax32(d) as i32);
  else setS32(d, i32.MIN_VALUE, i32.MAX_VALUE);
}

/** AND, OR, XOR: the tnum of the result is in `d` already and gives the known ends. */
export function andRanges(d: usize, s: usize): void {
  if (isConst64(s) && isConst64(d)) { setKnown(d, bits(d)); return; }
  setU(d, bits(d), umax(d) < umax(s) ? umax(d) : umax(s));
  signedFromUnsigned(d);
}
export function andRanges32(d: usize, s: usize): void {
  if (isConst32(s) && isConst32(d)) { setKnown32(d, bits(d) as u32); return; }
  setU32(d, bits(d) as u32, umax32(d) < umax32(s) ? umax32(d) : umax32(s));
  signedFromUnsigned32(d);
}
export function orRanges(d: usize, s: usize): void {
  if (isConst64(s) && isConst64(d)) { setKnown(d, bits(d)); return; }
  setU(d, umin(d) > umin(s) ? umin(d) : umin(s), bits(d) | mask(d));
  signedFromUnsigned(d);
}
export function orRanges32(d: usize, s: usize): void {
  if (isConst32(s) && isConst32(d)) { setKnown32(d, bits(d) as u32); return; }
  setU32(d, umin32(d) > umin32(s) ? umin32(d) : umin32(s), (bits(d) | mask(d)) as u32);
  signedFromUnsigned32(d);
}
export function xorRanges(d: usize, s: usize): void {
  if (isConst64(s) && isConst64(d)) { setKnown(d, bits(d)); return; }
  setU(d, bits(d), bits(d) | mask(d));
  signedFromUnsigned(d);
}
export function xorRanges32(d: usize, s: usize): void {
  if (isConst32(s) && isConst32(d)) { setKnown32(d, bits(d) as u32); return; }
  setU32(d, bits(d) as u32, (bits(d) | mask(d)) as u32);
  signedFromUnsigned32(d);
}

// Shifts: `n` is known and below the width.

function shiftLeftRanges32(d: usize, n: u32): void {
  setS32(d, i32.MIN_VALUE, i32.MAX_VALUE);
  if ((umax32(d) as u64) > ((1 as u64) << ((31 - n) as u64))) setU32(d, 0, u32.MAX_VALUE);
  else setU32(d, umin32(d) << n, umax32(d) << n);
}

export function shiftLeft32(d: usize, n: u32): void {
  const v = (bits(d) as u32) << n;
  const m = (mask(d) as u32) << n;
  shiftLeftRanges32(d, n);
  setTnum(d, v as u64, m as u64);
  unbound64(d);
  updateBounds32(d);
}

export function shiftLeft64(d: usize, n: u64): void {
  // A shift by 32 followed by an arithmetic shift back is how compilers sign-extend: keep what the lower half knows.
  if (n == 32) setS(d, (smin32(d) as i64) << 32, (smax32(d) as i64) << 32);
  else setS(d, i64.MIN_VALUE, i64.MAX_VALUE);
  if (umax(d) > (1 as u64) << (63 - n)) setU(d, 0, u64.MAX_VALUE);
  else setU(d, umin(d) << n, umax(d) << n);
  if (n < 32) shiftLeftRanges32(d, n as u32);
  else unbound32(d);
  setTnum(d, bits(d) << n, mask(d) << n);
  updateBounds(d);
}

export function shiftRight32(d: usize, n: u32): void {
  setS32(d, i32.MIN_VALUE, i32.MAX_VALUE);
  setTnum(d, ((bits(d) as u32) >> n) as u64, ((mask(d) as u32) >> n) as u64);
  setU32(d, umin32(d) >> n, umax32(d) >> n);
  unbound64(d);
  updateBounds32(d);
}

export function shiftRight64(d: usize, n: u64): void {
  setS(d, i64.MIN_VALUE, i64.MAX_VALUE);
  setTnum(d, bits(d) >> n, mask(d) >> n);
  setU(d, umin(d) >> n, umax(d) >> n);
  unbound32(d);
  updateBounds(d);
}

export function shiftArithmetic32(d: usize, n: u32): void {
  setS32(d, smin32(d) >> (n as i32), smax32(d) >> (n as i32));
  tnumArshift(bits(d), mask(d), n as u64, 32);
  setTnum(d, tv, tm);
  setU32(d, 0, u32.MAX_VALUE);
  unbound64(d);
  updateBounds32(d);
}

export function shiftArithmetic64(d: usize, n: u64): void {
  setS(d, smin(d) >> (n as i64), smax(d) >> (n as i64));
  tnumArshift(bits(d), mask(d), n, 64);
  setTnum(d, tv, tm);
  setU(d, 0, u64.MAX_VALUE);
  unbound32(d);
  updateBounds(d);
}
