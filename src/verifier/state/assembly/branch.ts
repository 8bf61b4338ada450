// Conditional jumps over two scalars: which way they can go, and what each way teaches.
import { REG_SIZE } from '../layout';
import {
  bits, copyReg, isConst32, isConst64, markKnown, mask, setS, setS32, setTnum, setU, setU32, smax, smax32, smin, smin32, umax,
  umax32, umin, umin32, unbound32, unbound64,
} from './fields';
import { isContradictory, syncBounds } from './bounds';
import { tm, tnumIntersect, tnumOverlaps, tv } from './tnum';

const JEQ = 0x10, JGT = 0x20, JGE = 0x30, JSET = 0x40, JNE = 0x50, JSGT = 0x60, JSGE = 0x70, JLT = 0xa0, JLE = 0xb0, JSLT = 0xc0,
  JSLE = 0xd0;
/** The false edge of JSET. */
const JNSET = 0x48;

const LOWER: u64 = 0xffffffff;

/** 1 always taken, 0 never, -1 both ways possible. */
export function branchTaken(op: i32, width: i32, a: usize, b: usize): i32 {
  return width == 32 ? taken32(op, a, b) : taken64(op, a, b);
}

/** As `branchTaken`, against a sign-extended immediate. */
export function branchTakenImm(op: i32, width: i32, a: usize, imm: i32): i32 {
  markKnown(immediate, (imm as i64) as u64);
  return branchTaken(op, width, a, immediate);
}
export const immediate: usize = memory.data(REG_SIZE);

// @ts-ignore: decorator
@inline function decide(always: bool, never: bool): i32 { return always ? 1 : never ? 0 : -1; }

function taken64(op: i32, a: usize, b: usize): i32 {
  switch (op) {
    case JEQ: return equal64(a, b);
    case JNE: { const e = equal64(a, b); return e < 0 ? -1 : 1 - e; }
    case JSET: return anyBit(bits(a), mask(a), bits(b), mask(b));
    case JGT: return decide(umin(a) > umax(b), umax(a) <= umin(b));
    case JGE: return decide(umin(a) >= umax(b), umax(a) < umin(b));
    case JLT: return decide(umax(a) < umin(b), umin(a) >= umax(b));
    case JLE: return decide(umax(a) <= umin(b), umin(a) > umax(b));
    case JSGT: return decide(smin(a) > smax(b), smax(a) <= smin(b));
    case JSGE: return decide(smin(a) >= smax(b), smax(a) < smin(b));
    case JSLT: return decide(smax(a) < smin(b), smin(a) >= smax(b));
    case JSLE: return decide(smax(a) <= smin(b), smin(a) > smax(b));
  }
  return -1;
}

function taken32(op: i32, a: usize, b: usize): i32 {
  switch (op) {
    case JEQ: return equal32(a, b);
    case JNE: { const e = equal32(a, b); return e < 0 ? -1 : 1 - e; }
    case JSET: return anyBit(bits(a) & LOWER, mask(a) & LOWER, bits(b) & LOWER, mask(b) & LOWER);
    case JGT: return decide(umin32(a) > umax32(b), umax32(a) <= umin32(b));
    case JGE: return decide(umin32(a) >= umax32(b), umax32(a) < umin32(b));
    case JLT: return decide(umax32(a) < umin32(b), umin32(a) >= umax32(b));
    case JLE: return decide(umax32(a) <= umin32(b), umin32(a) > umax32(b));
    case JSGT: return decide(smin32(a) > smax32(b), smax32(a) <= smin32(b));
    case JSGE: return decide(smin32(a) >= smax32(b), smax32(a) < smin32(b));
    case JSLT: return decide(smax32(a) < smin32(b), smin32(a) >= smax32(b));
    case JSLE: return decide(smax32(a) <= smin32(b), smin32(a) > smax32(b));
  }
  return -1;
}

function apart32(a: usize, b: usize): bool {
  return umin32(a) > umax32(b) || umax32(a) < umin32(b) || smin32(a) > smax32(b) || smax32(a) < smin32(b);
}

function equal64(a: usize, b: usize): i32 {
  if (isConst64(a) && isConst64(b)) return bits(a) == bits(b) ? 1 : 0;
  if (!tnumOverlaps(bits(a), mask(a), bits(b), mask(b))) return 0;
  if (umin(a) > umax(b) || umax(a) < umin(b) || smin(a) > smax(b) || smax(a) < smin(b)) return 0;
  return apart32(a, b) ? 0 : -1;
}

function equal32(a: usize, b: usize): i32 {
  if (isConst32(a) && isConst32(b)) return (bits(a) as u32) == (bits(b) as u32) ? 1 : 0;
  if (!tnumOverlaps(bits(a) & LOWER, mask(a) & LOWER, bits(b) & LOWER, mask(b) & LOWER)) return 0;
  return apart32(a, b) ? 0 : -1;
}

/** Decided only against a constant, on either side. */
function anyBit(av: u64, am: u64, bv: u64, bm: u64): i32 {
  if (bm != 0) {
    if (am != 0) return -1;
    const v = av;
    av = bv; am = bm; bv = v;
  }
  return decide((av & bv) != 0, ((av | am) & bv) == 0);
}

/** The comparison that holds where this one does not. */
function negated(op: i32): i32 {
  switch (op) {
    case JEQ: return JNE;
    case JNE: return JEQ;
    case JSET: return JNSET;
    case JGT: return JLE;
    case JLE: return JGT;
    case JGE: return JLT;
    case JLT: return JGE;
    case JSGT: return JSLE;
    case JSLE: return JSGT;
    case JSGE: return JSLT;
  }
  return JSGE;
}

/**
 * Narrows two scalars by the outcome of a comparison. Bounds of both are in line afterwards.
 * Answers false when they contradict each other: this way cannot be taken, and both ranges are forgotten.
 */
export function refine(op: i32, width: i32, holds: bool, a: usize, b: usize): bool {
  const relation = holds ? op : negated(op);
  if (width == 32) refine32(relation, a, b);
  else refine64(relation, a, b);
  syncBounds(a);
  syncBounds(b);
  const broken = forgetIfContradictory(a);
  return !forgetIfContradictory(b) && !broken;
}

/** As `refine`, against a sign-extended immediate. */
export function refineImm(op: i32, width: i32, holds: bool, a: usize, imm: i32): bool {
  markKnown(immediate, (imm as i64) as u64);
  return refine(op, width, holds, a, immediate);
}

function forgetIfContradictory(r: usize): bool {
  if (!isContradictory(r)) return false;
  unbound64(r);
  unbound32(r);
  return true;
}

// @ts-ignore: decorator
@inline function maxU(a: u64, b: u64): u64 { return a > b ? a : b; }
// @ts-ignore: decorator
@inline function minU(a: u64, b: u64): u64 { return a < b ? a : b; }
// @ts-ignore: decorator
@inline function maxS(a: i64, b: i64): i64 { return a > b ? a : b; }
// @ts-ignore: decorator
@inline function minS(a: i64, b: i64): i64 { return a < b ? a : b; }
// @ts-ignore: decorator
@inline function maxU32(a: u32, b: u32): u32 { return a > b ? a : b; }
// @ts-ignore: decorator
@inline function minU32(a: u32, b: u32): u32 { return a < b ? a : b; }
// @ts-ignore: decorator
@inline function maxS32(a: i32, b: i32): i32 { return a > b ? a : b; }
// @ts-ignore: decorator
@inline function minS32(a: i32, b: i32): i32 { return a < b ? a : b; }

function refine64(op: i32, a: usize, b: usize): void {
  switch (op) {
    case JEQ: {
      setU(a, maxU(umin(a), umin(b)), minU(umax(a), umax(b)));
      setS(a, maxS(smin(a), smin(b)), minS(smax(a), smax(b)));
      setU(b, umin(a), umax(a));
      setS(b, smin(a), smax(a));
      tnumIntersect(bits(a), mask(a), bits(b), mask(b));
      setTnum(a, tv, tm);
      setTnum(b, tv, tm);
      return;
    }
    case JNE:
      if (isConst64(b)) trim64(a, bits(b));
      else if (isConst64(a)) trim64(b, bits(a));
      return;
    case JSET:
    case JNSET:
      if (isConst64(b)) setBits(op, a, bits(b), u64.MAX_VALUE);
      else if (isConst64(a)) setBits(op, b, bits(a), u64.MAX_VALUE);
      return;
    case JLE:
      setU(a, umin(a), minU(umax(a), umax(b)));
      setU(b, maxU(umin(a), umin(b)), umax(b));
      return;
    case JLT:
      setU(a, umin(a), minU(umax(a), umax(b) - 1));
      setU(b, maxU(umin(a) + 1, umin(b)), umax(b));
      return;
    case JSLE:
      setS(a, smin(a), minS(smax(a), smax(b)));
      setS(b, maxS(smin(a), smin(b)), smax(b));
      return;
    case JSLT:
      setS(a, smin(a), minS(smax(a), smax(b) - 1));
      setS(b, maxS(smin(a) + 1, smin(b)), smax(b));
      return;
    case JGE: refine64(JLE, b, a); return;
    case JGT: refine64(JLT, b, a); return;
    case JSGE: refine64(JSLE, b, a); return;
    case JSGT: refine64(JSLT, b, a); return;
  }
}

function refine32(op: i32, a: usize, b: usize): void {
  switch (op) {
    case JEQ: {
      setU32(a, maxU32(umin32(a), umin32(b)), minU32(umax32(a), umax32(b)));
      setS32(a, maxS32(smin32(a), smin32(b)), minS32(smax32(a), smax32(b)));
      setU32(b, umin32(a), umax32(a));
      setS32(b, smin32(a), smax32(a));
      tnumIntersect(bits(a) & LOWER, mask(a) & LOWER, bits(b) & LOWER, mask(b) & LOWER);
      setTnum(a, (bits(a) & ~LOWER) | tv, (mask(a) & ~LOWER) | tm);
      setTnum(b, (bits(b) & ~LOWER) | tv, (mask(b) & ~LOWER) | tm);
      return;
    }
    case JNE:
      if (isConst32(b)) trim32(a, bits(b) as u32);
      else if (isConst32(a)) trim32(b, bits(a) as u32);
      return;
    case JSET:
    case JNSET:
      if (isConst32(b)) setBits(op, a, bits(b) & LOWER, LOWER);
      else if (isConst32(a)) setBits(op, b, bits(a) & LOWER, LOWER);
      return;
    case JLE:
      setU32(a, umin32(a), minU32(umax32(a), umax32(b)));
      setU32(b, maxU32(umin32(a), umin32(b)), umax32(b));
      return;
    case JLT:
      setU32(a, umin32(a), minU32(umax32(a), umax32(b) - 1));
      setU32(b, maxU32(umin32(a) + 1, umin32(b)), umax32(b));
      return;
    case JSLE:
      setS32(a, smin32(a), minS32(smax32(a), smax32(b)));
      setS32(b, maxS32(smin32(a), smin32(b)), smax32(b));
      return;
    case JSLT:
      setS32(a, smin32(a), minS32(smax32(a), smax32(b) - 1));
      setS32(b, maxS32(smin32(a) + 1, smin32(b)), smax32(b));
      return;
    case JGE: refine32(JLE, b, a); return;
    case JGT: refine32(JLT, b, a); return;
    case JSGE: refine32(JSLE, b, a); return;
    case JSGT: refine32(JSLT, b, a); return;
  }
}

/** Inequality teaches something only at the edge of a range. */
function trim64(r: usize, v: u64): void {
  if (umin(r) == v) setU(r, v + 1, umax(r));
  if (umax(r) == v) setU(r, umin(r), v - 1);
  if (smin(r) == (v as i64)) setS(r, (v as i64) + 1, smax(r));
  if (smax(r) == (v as i64)) setS(r, smin(r), (v as i64) - 1);
}
function trim32(r: usize, v: u32): void {
  if (umin32(r) == v) setU32(r, v + 1, umax32(r));
  if (umax32(r) == v) setU32(r, umin32(r), v - 1);
  if (smin32(r) == (v as i32)) setS32(r, (v as i32) + 1, smax32(r));
  if (smax32(r) == (v as i32)) setS32(r, smin32(r), (v as i32) - 1);
}

/** One tested bit that is set is known to be set; all tested bits that are clear are known to be clear. */
function setBits(op: i32, r: usize, v: u64, width: u64): void {
  if (op == JSET) {
    if (popcnt<u64>(v) == 1) setTnum(r, bits(r) | v, mask(r) & ~v);
    return;
  }
  // The old ranges are forgotten, or a path that cannot be taken would end in ranges that contradict the bits.
  unbound64(r);
  unbound32(r);
  const cleared = v & width;
  setTnum(r, bits(r) & ~cleared, mask(r) & ~cleared);
}
