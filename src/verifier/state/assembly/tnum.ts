// Tristate numbers: sets of 64-bit values in which each bit is 0, 1 or unknown, as (value, mask) with value & mask == 0.
// Source: Vishwanathan et al., "Sound, Precise, and Fast Abstract Interpretation with Tristate Numbers" (CGO 2022).
// A result is left in the two globals, since WebAssembly has no cheap pair.

export let tv: u64 = 0;
export let tm: u64 = 0;

// @ts-ignore: decorator
@inline function result(value: u64, mask: u64): void { tv = value & ~mask; tm = mask; }

export function tnumAdd(av: u64, am: u64, bv: u64, bm: u64): void {
  const known = av + bv;
  // A bit of the sum is unknown where an operand's is, or where setting all unknown bits changes a carry.
  const carries = (am + bm + known) ^ known;
  result(known, carries | am | bm);
}

export function tnumSub(av: u64, am: u64, bv: u64, bm: u64): void {
  const known = av - bv;
  const borrows = (known + am) ^ (known - bm);
  result(known, borrows | am | bm);
}

export function tnumAnd(av: u64, am: u64, bv: u64, bm: u64): void {
  const ones = av & bv;
  result(ones, (av | am) & (bv | bm) & ~ones);
}

export function tnumOr(av: u64, am: u64, bv: u64, bm: u64): void {
  const ones = av | bv;
  tv = ones;
  tm = (am | bm) & ~ones;
}

export function tnumXor(av: u64, am: u64, bv: u64, bm: u64): void {
  result(av ^ bv, am | bm);
}

/** Long multiplication; a partial product under an unknown bit may or may not be added, so both sums are joined. */
export function tnumMul(av: u64, am: u64, bv: u64, bm: u64): void {
  let accV: u64 = 0;
  let accM: u64 = 0;
  while ((av | am) != 0) {
    if ((av & 1) != 0) {
      tnumAdd(accV, accM, bv, bm);
      accV = tv;
      accM = tm;
    } else if ((am & 1) != 0) {
      tnumAdd(accV, accM, bv, bm);
      const unknown = (accV ^ tv) | accM | tm;
      accV = accV & tv & ~unknown;
      accM = unknown;
    }
    av >>= 1;
    am >>= 1;
    bv <<= 1;
    bm <<= 1;
  }
  tv = accV;
  tm = accM;
}

export function tnumArshift(av: u64, am: u64, shift: u64, width: i32): void {
  if (width == 32) {
    tv = (((av as i32) >> (shift as i32)) as u32) as u64;
    tm = (((am as i32) >> (shift as i32)) as u32) as u64;
  } else {
    tv = ((av as i64) >> (shift as i64)) as u64;
    tm = ((am as i64) >> (shift as i64)) as u64;
  }
}

/** The values in both sets; where known bits disagree (an empty set) ones win. */
export function tnumIntersect(av: u64, am: u64, bv: u64, bm: u64): void {
  result(av | bv, am & bm);
}

/** The smallest tnum that contains every value of an unsigned range. */
export function tnumRange(min: u64, max: u64): void {
  const differing = min ^ max;
  if ((differing >> 63) != 0) {
    tv = 0;
    tm = u64.MAX_VALUE;
    return;
  }
  const low: u64 = differing == 0 ? 0 : (1 << (64 - clz<u64>(differing))) - 1;
  tv = min & ~low;
  tm = low;
}

/** Whether every value of b is in a. */
export function tnumContains(av: u64, am: u64, bv: u64, bm: u64): bool {
  return (bm & ~am) == 0 && av == (bv & ~am);
}

/** Whether a value is in both. */
// @ts-ignore: decorator
@inline export function tnumOverlaps(av: u64, am: u64, bv: u64, bm: u64): bool {
  return ((av ^ bv) & ~(am | bm)) == 0;
}

/** The smallest value of the set above `floor`; the set's largest when there is none. */
export function tnumNext(v: u64, m: u64, floor: u64): u64 {
  const largest = v | m;
  if (floor >= largest) return largest;
  const from = floor + 1;
  const wrong = (from ^ v) & ~m;
  if (wrong == 0) return from;
  const top: u64 = (1 as u64) << (63 - clz<u64>(wrong));
  const upto = (top << 1) - 1;
  if ((v & top) != 0) return (from & ~upto) | (v & upto);
  // The known bit is 0 where `from` has 1: an unknown bit above must go up.
  const up = m & ~from & ~upto;
  if (up == 0) return largest;
  const bit = up & (~up + 1);
  return (from & ~((bit << 1) - 1)) | bit | (v & (bit - 1));
}
