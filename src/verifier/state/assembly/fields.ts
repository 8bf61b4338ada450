// Accessors of a register record, and the marks that set a whole scalar at once.
import {
  REG_ID, REG_MASK, REG_OFF, REG_PRECISE, REG_S32_MAX, REG_S32_MIN, REG_SIZE, REG_SMAX, REG_SMIN, REG_TYPE, REG_U32_MAX,
  REG_U32_MIN, REG_UMAX, REG_UMIN, REG_VALUE, TYPE_NOT_INIT, TYPE_SCALAR,
} from '../layout';

// @ts-ignore: decorator
@inline export function umin(r: usize): u64 { return load<u64>(r, REG_UMIN); }
// @ts-ignore: decorator
@inline export function umax(r: usize): u64 { return load<u64>(r, REG_UMAX); }
// @ts-ignore: decorator
@inline export function smin(r: usize): i64 { return load<i64>(r, REG_SMIN); }
// @ts-ignore: decorator
@inline export function smax(r: usize): i64 { return load<i64>(r, REG_SMAX); }
// @ts-ignore: decorator
@inline export function umin32(r: usize): u32 { return load<u32>(r, REG_U32_MIN); }
// @ts-ignore: decorator
@inline export function umax32(r: usize): u32 { return load<u32>(r, REG_U32_MAX); }
// @ts-ignore: decorator
@inline export function smin32(r: usize): i32 { return load<i32>(r, REG_S32_MIN); }
// @ts-ignore: decorator
@inline export function smax32(r: usize): i32 { return load<i32>(r, REG_S32_MAX); }
// @ts-ignore: decorator
@inline export function bits(r: usize): u64 { return load<u64>(r, REG_VALUE); }
// @ts-ignore: decorator
@inline export function mask(r: usize): u64 { return load<u64>(r, REG_MASK); }
// @ts-ignore: decorator
@inline export function setU(r: usize, min: u64, max: u64): void { store<u64>(r, min, REG_UMIN); store<u64>(r, max, REG_UMAX); }
// @ts-ignore: decorator
@inline export function setS(r: usize, min: i64, max: i64): void { store<i64>(r, min, REG_SMIN); store<i64>(r, max, REG_SMAX); }
// @ts-ignore: decorator
@inline export function setU32(r: usize, min: u32, max: u32): void { store<u32>(r, min, REG_U32_MIN); store<u32>(r, max, REG_U32_MAX); }
// @ts-ignore: decorator
@inline export function setS32(r: usize, min: i32, max: i32): void { store<i32>(r, min, REG_S32_MIN); store<i32>(r, max, REG_S32_MAX); }
// @ts-ignore: decorator
@inline export function setTnum(r: usize, value: u64, unknown: u64): void { store<u64>(r, value, REG_VALUE); store<u64>(r, unknown, REG_MASK); }
// @ts-ignore: decorator
@inline export function typeOf(r: usize): i32 { return load<i32>(r, REG_TYPE); }
// @ts-ignore: decorator
@inline export function idOf(r: usize): i32 { return load<i32>(r, REG_ID); }

/** Word by word: for so few bytes V8's bulk copy costs more than the copying. */
export function copyReg(dst: usize, src: usize): void {
  for (let at = 0; at < REG_SIZE; at += 32) {
    store<u64>(dst + at, load<u64>(src + at));
    store<u64>(dst + at, load<u64>(src + at, 8), 8);
    store<u64>(dst + at, load<u64>(src + at, 16), 16);
    store<u64>(dst + at, load<u64>(src + at, 24), 24);
  }
}

/** Of programs loaded without CAP_BPF every value is precise from the start, and distances are not kept. */
let capable: bool = true;
export function setCapable(value: bool): void { capable = value; }
// @ts-ignore: decorator
@inline export function isCapable(): bool { return capable; }

function clear(r: usize): void {
  for (let at = 0; at < REG_SIZE; at += 32) {
    store<u64>(r + at, 0);
    store<u64>(r + at, 0, 8);
    store<u64>(r + at, 0, 16);
    store<u64>(r + at, 0, 24);
  }
  if (!capable) store<i32>(r, 1, REG_PRECISE);
}

// @ts-ignore: decorator
@inline export function unbound64(r: usize): void { setU(r, 0, u64.MAX_VALUE); setS(r, i64.MIN_VALUE, i64.MAX_VALUE); }
// @ts-ignore: decorator
@inline export function unbound32(r: usize): void { setU32(r, 0, u32.MAX_VALUE); setS32(r, i32.MIN_VALUE, i32.MAX_VALUE); }
// @ts-ignore: decorator
@inline export function isConst64(r: usize): bool { return mask(r) == 0; }
// @ts-ignore: decorator
@inline export function isConst32(r: usize): bool { return (mask(r) as u32) == 0; }

/** The value is known; type and identity are kept. */
export function setKnown(r: usize, value: u64): void {
  setTnum(r, value, 0);
  setU(r, value, value);
  setS(r, value as i64, value as i64);
  setU32(r, value as u32, value as u32);
  setS32(r, value as i32, value as i32);
}

/** The lower half is known; the upper half of the tnum is kept and 64-bit bounds are the caller's business. */
export function setKnown32(r: usize, value: u32): void {
  const upper: u64 = 0xffffffff00000000;
  setTnum(r, (bits(r) & upper) | (value as u64), mask(r) & upper);
  setU32(r, value, value);
  setS32(r, value as i32, value as i32);
}

/** A scalar of this value with no identity. */
export function markKnown(r: usize, value: u64): void {
  clear(r);
  store<i32>(r, TYPE_SCALAR, REG_TYPE);
  setKnown(r, value);
}

/** Any scalar. */
export function markUnknown(r: usize): void {
  clear(r);
  store<i32>(r, TYPE_SCALAR, REG_TYPE);
  setTnum(r, 0, u64.MAX_VALUE);
  unbound64(r);
  unbound32(r);
}

/** Nothing was ever written here. */
export function markNotInit(r: usize): void {
  markUnknown(r);
  store<i32>(r, TYPE_NOT_INIT, REG_TYPE);
}

/** A pointer record of this type with offset zero and no identity. */
export function markPointer(r: usize, type: i32): void {
  markKnown(r, 0);
  store<i32>(r, type, REG_TYPE);
}

/** Forgets that other registers hold the same scalar. */
export function clearLink(r: usize): void {
  store<i32>(r, 0, REG_ID);
  store<i32>(r, 0, REG_OFF);
}

export function isPrecise(r: usize): bool { return load<i32>(r, REG_PRECISE) != 0; }
