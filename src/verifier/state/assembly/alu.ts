// Arithmetic on scalar registers. Op codes are the ALU codes of the instruction set; signed forms have 0x100 added.
import { REG_AUX, REG_ID, REG_OFF, REG_SIZE, REG_SUBREG_DEF, REG_TYPE, TYPE_SCALAR, ID_ADD_CONST, ID_ADD_CONST32, ID_ADD_CONST64 } from '../layout';
import {
  bits, clearLink, copyReg, idOf, isCapable, isConst32, isConst64, mask, markKnown, markUnknown, setKnown, setKnown32, setTnum, smax, smax32, smin, smin32, typeOf,
  umax, umax32, umin32, unbound32, unbound64,
} from './fields';
import { syncBounds } from './bounds';
import { asWord, signExtend32, signExtend64, truncateTo, zeroExtend32 } from './extend';
import {
  addRanges, addRanges32, andRanges, andRanges32, mulRanges, mulRanges32, orRanges, orRanges32, shiftArithmetic32,
  shiftArithmetic64, shiftLeft32, shiftLeft64, shiftRight32, shiftRight64, subRanges, subRanges32, xorRanges, xorRanges32,
} from './ranges';
import { tm, tnumAdd, tnumAnd, tnumMul, tnumOr, tnumSub, tnumXor, tv } from './tnum';

const ADD = 0x00, SUB = 0x10, MUL = 0x20, OR = 0x40, AND = 0x50, LSH = 0x60, RSH = 0x70, NEG = 0x80, XOR = 0xa0, ARSH = 0xc0;

const operand: usize = memory.data(REG_SIZE);
const scratch: usize = memory.data(REG_SIZE);

/** The highest id given so far; every new identity takes the next. */
export let lastId: i32 = 0;
export function newId(): i32 { return ++lastId; }
export function setLastId(id: i32): void { lastId = id; }
export function getLastId(): i32 { return lastId; }

/** Whether Linux computes a range for this operation, or forgets everything. */
function isTracked(op: i32, width: i32, src: usize): bool {
  if (op == ADD || op == SUB || op == NEG || op == AND || op == XOR || op == OR || op == MUL) return true;
  if (op != LSH && op != RSH && op != ARSH) return false;
  const known = width == 32
    ? isConst32(src) && umin32(src) == umax32(src) && smin32(src) == smax32(src)
    : isConst64(src);
  return known && umax(src) < (width as u64);
}

/** `dst = dst op src` for two scalars. Identity (links to equal scalars) is kept as Linux keeps it. */
export function aluScalar(op: i32, width: i32, dst: usize, src: usize): void {
  copyReg(operand, src);
  updateLink(op, width, dst, dst == src);
  compute(op, width, dst);
}

/** `dst = dst op imm`, the immediate sign-extended. */
export function aluImm(op: i32, width: i32, dst: usize, imm: i32): void {
  markKnown(operand, (imm as i64) as u64);
  updateLink(op, width, dst, false);
  compute(op, width, dst);
}

/** `dst = -dst`. */
export function negate(width: i32, dst: usize): void {
  copyReg(operand, dst);
  store<i32>(dst, 0, REG_ID);
  compute(NEG, width, dst);
}

/**
 * Adding or subtracting a constant once keeps a scalar linked to its equals, at a distance; anything else ends the link.
 * `isSelf` is `r += r`, which is no constant distance even where r is constant.
 */
function updateLink(op: i32, width: i32, dst: usize, isSelf: bool): void {
  const id = idOf(dst);
  const isMoved = (op == ADD || op == SUB) && (width == 32 ? isConst32(operand) : isConst64(operand)) && !isSelf;
  if (id == 0 || !isMoved || !isCapable()) {
    store<i32>(dst, 0, REG_ID);
    return;
  }
  const delta = width == 32 ? (bits(operand) as i32) as i64 : bits(operand) as i64;
  const distance = op == SUB ? -delta : delta;
  const fits = delta >= (i32.MIN_VALUE as i64) && delta <= (i32.MAX_VALUE as i64) && distance <= (i32.MAX_VALUE as i64);
  if (!fits || (width == 32 && umax(dst) > (u32.MAX_VALUE as u64)) || (id & ID_ADD_CONST) != 0) {
    clearLink(dst);
    return;
  }
  store<i32>(dst, id | (width == 32 ? ID_ADD_CONST32 : ID_ADD_CONST64), REG_ID);
  store<i32>(dst, distance as i32, REG_OFF);
}

function compute(op: i32, width: i32, dst: usize): void {
  const src = operand;
  if (!isTracked(op, width, src)) {
    // Linux forgets the upper half too, though a 32-bit operation has cleared it.
    markUnknown(dst);
    return;
  }
  switch (op) {
    case ADD:
      addRanges32(dst, src);
      addRanges(dst, src);
      tnumAdd(bits(dst), mask(dst), bits(src), mask(src));
      setTnum(dst, tv, tm);
      break;
    case SUB:
      subRanges32(dst, src);
      subRanges(dst, src);
      tnumSub(bits(dst), mask(dst), bits(src), mask(src));
      setTnum(dst, tv, tm);
      break;
    case NEG:
      setKnown(dst, 0);
      subRanges32(dst, src);
      subRanges(dst, src);
      tnumSub(0, 0, bits(src), mask(src));
      setTnum(dst, tv, tm);
      break;
    case MUL:
      tnumMul(bits(dst), mask(dst), bits(src), mask(src));
      setTnum(dst, tv, tm);
      mulRanges32(dst, src);
      mulRanges(dst, src);
      break;
    case AND:
      tnumAnd(bits(dst), mask(dst), bits(src), mask(src));
      setTnum(dst, tv, tm);
      andRanges32(dst, src);
      andRanges(dst, src);
      break;
    case OR:
      tnumOr(bits(dst), mask(dst), bits(src), mask(src));
      setTnum(dst, tv, tm);
      orRanges32(dst, src);
      orRanges(dst, src);
      break;
    case XOR:
      tnumXor(bits(dst), mask(dst), bits(src), mask(src));
      setTnum(dst, tv, tm);
      xorRanges32(dst, src);
      xorRanges(dst, src);
      break;
    default:
      shift(op, width, dst, umin32(src));
  }
  if (width == 32) zeroExtend32(dst);
  syncBounds(dst);
}

function shift(op: i32, width: i32, dst: usize, n: u32): void {
  if (op == LSH) {
    if (width == 32) shiftLeft32(dst, n);
    else shiftLeft64(dst, n as u64);
  } else if (op == RSH) {
    if (width == 32) shiftRight32(dst, n);
    else shiftRight64(dst, n as u64);
  } else {
    if (width == 32) shiftArithmetic32(dst, n);
    else shiftArithmetic64(dst, n as u64);
  }
}

/** Before a copy: a scalar that is not constant gets an identity, so that what is learnt of one copy holds for all. */
export function linkBeforeCopy(src: usize): void {
  if (typeOf(src) != TYPE_SCALAR) return;
  // Linux keeps one constant distance only: a copy of a distant scalar starts a link of its own.
  if ((idOf(src) & ID_ADD_CONST) != 0) clearLink(src);
  if (idOf(src) != 0 || isConst64(src)) return;
  // The distance of a link that has ended is not the new one's.
  store<i32>(src, newId(), REG_ID);
  store<i32>(src, 0, REG_OFF);
}

/** `dst = src`, 64 bits, of any type. */
export function move(dst: usize, src: usize): void {
  linkBeforeCopy(src);
  copyReg(dst, src);
  store<i32>(dst, 0, REG_SUBREG_DEF);
}

/** `wDst = wSrc` for a scalar: the copy keeps its identity when nothing was cut off. */
export function moveWord(dst: usize, src: usize): void {
  const fits = umax(src) <= (u32.MAX_VALUE as u64);
  if (fits) linkBeforeCopy(src);
  copyReg(dst, src);
  if (!fits) store<i32>(dst, 0, REG_ID);
  asWord(dst);
}

/** `dst = (s8|s16|s32)src`: the lowest `size` bytes of a scalar sign-extended to `width` bits. */
export function moveSigned(width: i32, size: i32, dst: usize, src: usize): void {
  const fits = umax(src) < (1 as u64) << ((size * 8 - 1) as u64);
  if (fits) linkBeforeCopy(src);
  copyReg(dst, src);
  if (!fits) store<i32>(dst, 0, REG_ID);
  if (width == 64) {
    signExtend64(dst, size);
    store<i32>(dst, 0, REG_SUBREG_DEF);
  } else {
    signExtend32(dst, size);
    asWord(dst);
  }
}

/** `dst = imm`; 32 bits are zero-extended. */
export function moveImm(width: i32, dst: usize, imm: i32): void {
  markKnown(dst, width == 64 ? (imm as i64) as u64 : (imm as u32) as u64);
}

const TO_LITTLE = 0;

// @ts-ignore: decorator
@inline function swapped(value: u64, width: i32): u64 { return bswap<u64>(value) >> ((64 - width) as u64); }

/** Byte order conversions: `kind` 0 to little endian (the machine's), 1 to big endian, 2 swap; `width` 16, 32, 64. */
export function swapBytes(kind: i32, width: i32, dst: usize): void {
  if (kind != TO_LITTLE) {
    const keep: u64 = u64.MAX_VALUE >> ((64 - width) as u64);
    setTnum(dst, swapped(bits(dst) & keep, width), swapped(mask(dst) & keep, width));
    // Swapping scrambles ranges; new ones come from the known bits.
    unbound64(dst);
    unbound32(dst);
    syncBounds(dst);
  }
  if (kind != TO_LITTLE || width < 64) store<i32>(dst, 0, REG_ID);
  truncateTo(dst, width >> 3);
}

/**
 * 64 or 32 when the scalar (its lower half) is -1 or 0, the outcome of an arithmetic shift by all bits, and 0 otherwise.
 * Before AND and OR with a constant Linux then goes both ways: see `assumeMask`.
 */
export function signMaskWidth(r: usize): i32 {
  if (smin(r) == -1 && smax(r) == 0) return 64;
  return smin32(r) == -1 && smax32(r) == 0 ? 32 : 0;
}

/** Makes a sign mask of this width -1 or 0. */
export function assumeMask(r: usize, width: i32, ones: bool): void {
  if (width == 64) setKnown(r, ones ? u64.MAX_VALUE : 0);
  else setKnown32(r, ones ? u32.MAX_VALUE : 0);
}
