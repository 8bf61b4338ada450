// What a scalar's five descriptions (tnum, unsigned and signed 64-bit and 32-bit ranges) teach each other.
// Linux 6.18 meanings: the order of the deductions is part of them, since decisions must be equal.
import {
  bits, isConst64, mask, setKnown, setS, setS32, setTnum, setU, setU32, smax, smax32, smin, smin32, umax, umax32, umin, umin32,
} from './fields';
import {
  REG_S32_MAX, REG_S32_MIN, REG_SMAX, REG_SMIN, REG_U32_MAX, REG_U32_MIN, REG_UMAX, REG_UMIN,
} from '../layout';
import { tm, tnumIntersect, tnumNext, tnumOr, tnumRange, tv } from './tnum';

const UPPER: u64 = 0xffffffff00000000;
const LOWER: u64 = 0x00000000ffffffff;

/** Set by every step that narrowed something: a round of deductions without one is the last. */
let changed: bool = false;

// @ts-ignore: decorator
@inline function meetU(r: usize, min: u64, max: u64): void {
  if (min > umin(r)) { store<u64>(r, min, REG_UMIN); changed = true; }
  if (max < umax(r)) { store<u64>(r, max, REG_UMAX); changed = true; }
}
// @ts-ignore: decorator
@inline function meetS(r: usize, min: i64, max: i64): void {
  if (min > smin(r)) { store<i64>(r, min, REG_SMIN); changed = true; }
  if (max < smax(r)) { store<i64>(r, max, REG_SMAX); changed = true; }
}
// @ts-ignore: decorator
@inline function meetU32(r: usize, min: u32, max: u32): void {
  if (min > umin32(r)) { store<u32>(r, min, REG_U32_MIN); changed = true; }
  if (max < umax32(r)) { store<u32>(r, max, REG_U32_MAX); changed = true; }
}
// @ts-ignore: decorator
@inline function meetS32(r: usize, min: i32, max: i32): void {
  if (min > smin32(r)) { store<i32>(r, min, REG_S32_MIN); changed = true; }
  if (max < smax32(r)) { store<i32>(r, max, REG_S32_MAX); changed = true; }
}

/** Ranges of the lower half from its known bits. */
export function updateBounds32(r: usize): void {
  const v = bits(r) as u32;
  const m = mask(r) as u32;
  meetS32(r, (v | (m & 0x80000000)) as i32, (v | (m & 0x7fffffff)) as i32);
  meetU32(r, v, v | m);
}

export function updateBounds64(r: usize): void {
  const v = bits(r);
  const m = mask(r);
  meetS(r, (v | (m & 0x8000000000000000)) as i64, (v | (m & 0x7fffffffffffffff)) as i64);
  meetU(r, v, v | m);
  meetTnum(r, v, m);
}

/** When range and known bits have a single value in common, that is the value. */
function meetTnum(r: usize, v: u64, m: u64): void {
  const low = umin(r);
  const high = umax(r);
  const isMember = ((low ^ v) & ~m) == 0;
  const next = tnumNext(v, m, low);
  if (isMember) {
    if (next > high) setKnown(r, low);
  } else if (next == (v | m)) {
    setKnown(r, next);
  } else if (next <= high && tnumNext(v, m, next) > high) {
    setKnown(r, next);
  }
}

export function updateBounds(r: usize): void {
  updateBounds32(r);
  updateBounds64(r);
}

/** The lower half's ranges from a 64-bit range [min, max] given as raw words. */
function lowerFrom64(r: usize, min: u64, max: u64): void {
  const low = min as i32;
  const high = max as i32;
  if (min >> 32 == max >> 32) {
    if ((low as u32) <= (high as u32)) meetU32(r, low as u32, high as u32);
    if (low <= high) meetS32(r, low, high);
  }
}

/** Upper halves that are neighbours while the lower half goes from negative to positive still bound it as signed. */
function lowerAcrossCarry(r: usize, min: u64, max: u64): void {
  const low = min as i32;
  const high = max as i32;
  if (((min >> 32) as u32) + 1 == ((max >> 32) as u32) && low < 0 && high >= 0) meetS32(r, low, high);
}

function deduce32(r: usize): void {
  lowerFrom64(r, umin(r), umax(r));
  lowerFrom64(r, smin(r) as u64, smax(r) as u64);
  lowerAcrossCarry(r, umin(r), umax(r));
  lowerAcrossCarry(r, smin(r) as u64, smax(r) as u64);
  if ((umin32(r) as i32) <= (umax32(r) as i32)) meetS32(r, umin32(r) as i32, umax32(r) as i32);
  const first = smin32(r) as u32;
  const last = smax32(r) as u32;
  if (first <= last) {
    meetU32(r, first, last);
  } else if (umax32(r) < first) {
    changed = true;
    setS32(r, umin32(r) as i32, smax32(r));
    setU32(r, umin32(r), umax32(r) < last ? umax32(r) : last);
  } else if (last < umin32(r)) {
    changed = true;
    setS32(r, smin32(r), umax32(r) as i32);
    setU32(r, umin32(r) > first ? umin32(r) : first, umax32(r));
  }
}

function deduce64(r: usize): void {
  if ((umin(r) as i64) <= (umax(r) as i64)) meetS(r, umin(r) as i64, umax(r) as i64);
  const low = smin(r) as u64;
  const high = smax(r) as u64;
  if (low <= high) {
    meetU(r, low, high);
  } else if (umax(r) < low) {
    changed = true;
    // The signed range is two unsigned pieces, at both ends; the unsigned range meets only the one at zero.
    setS(r, umin(r) as i64, smax(r));
    setU(r, umin(r), umax(r) < high ? umax(r) : high);
  } else if (high < umin(r)) {
    changed = true;
    setS(r, smin(r), umax(r) as i64);
    setU(r, umin(r) > low ? umin(r) : low, umax(r));
  }
}

/** 64-bit ranges from the lower half's, on both ends. */
function deduceMixed(r: usize): void {
  const low = umin32(r) as u64;
  const high = umax32(r) as u64;
  meetU(r, (umin(r) & UPPER) | low, (umax(r) & UPPER) | high);
  meetS(r, (((smin(r) as u64) & UPPER) | low) as i64, (((smax(r) as u64) & UPPER) | high) as i64);
  // A sign-extended word whose lower half cannot be negative is that lower half.
  if (smin32(r) >= 0 && smin(r) >= (i32.MIN_VALUE as i64) && smax(r) <= (i32.MAX_VALUE as i64)) {
    changed = true;
    setS(r, smin32(r) as i64, smax32(r) as i64);
    setU(r, smin32(r) as u64, smax32(r) as u64);
    tnumRange(smin32(r) as u64, smax32(r) as u64);
    tnumIntersect(bits(r), mask(r), tv, tm);
    setTnum(r, tv, tm);
  }
}

/** Known bits from the ranges; whether there are new ones. */
function deduceBits(r: usize): bool {
  tnumRange(umin(r), umax(r));
  tnumIntersect(bits(r), mask(r), tv, tm);
  const v64 = tv;
  const m64 = tm;
  tnumRange(umin32(r) as u64, umax32(r) as u64);
  tnumIntersect(v64 & LOWER, m64 & LOWER, tv, tm);
  tnumOr(v64 & UPPER, m64 & UPPER, tv, tm);
  const isNew = tv != bits(r) || tm != mask(r);
  setTnum(r, tv, tm);
  return isNew;
}

/** Whether a round narrowed anything. */
function deduce(r: usize): bool {
  changed = false;
  deduce32(r);
  deduce64(r);
  deduceMixed(r);
  return changed;
}

/** A constant whose descriptions all say so already. */
function isSettledConst(r: usize): bool {
  const v = bits(r);
  return mask(r) == 0 && umin(r) == v && umax(r) == v && smin(r) == (v as i64) && smax(r) == (v as i64)
    && umin32(r) == (v as u32) && umax32(r) == (v as u32) && smin32(r) == (v as i32) && smax32(r) == (v as i32);
}

/** Brings all descriptions of a scalar in line with each other; at most three rounds of deduction, as Linux 6.18. */
export function syncBounds(r: usize): void {
  if (isSettledConst(r)) return;
  updateBounds(r);
  const narrowed = deduce(r);
  if (narrowed && deduce(r)) deduce(r);
  // The last step would repeat the first where nothing was learnt in between.
  if (deduceBits(r) || narrowed) updateBounds(r);
}

/** Whether the descriptions contradict each other: the register is on a path that cannot be taken. */
export function isContradictory(r: usize): bool {
  if (umin(r) > umax(r) || smin(r) > smax(r) || umin32(r) > umax32(r) || smin32(r) > smax32(r)) return true;
  if (isConst64(r)) {
    const v = bits(r);
    if (umin(r) != v || umax(r) != v || smin(r) != (v as i64) || smax(r) != (v as i64)) return true;
  }
  if ((mask(r) as u32) == 0) {
    const v = bits(r) as u32;
    if (umin32(r) != v || umax32(r) != v || smin32(r) != (v as i32) || smax32(r) != (v as i32)) return true;
  }
  return false;
}
