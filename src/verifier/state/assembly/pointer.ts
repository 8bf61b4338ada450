// Arithmetic on pointers: how a scalar moves a pointer's offset. Whether the pointer may be moved at all is a rule's business.
import {
  REG_ID, REG_OFF, REG_RANGE, REG_SIZE, TYPE_BASE_MASK, TYPE_PACKET, TYPE_PACKET_META, REG_SUBREG_DEF,
} from '../layout';
import {
  bits, copyReg, isConst64, mask, markKnown, setS, setTnum, setU, smax, smin, typeOf, umax, umin, unbound32,
} from './fields';
import { syncBounds } from './bounds';
import { newId } from './alu';
import { tm, tnumAdd, tnumSub, tv } from './tnum';

const base: usize = memory.data(REG_SIZE);
const delta: usize = memory.data(REG_SIZE);

function isPacket(r: usize): bool {
  const type = typeOf(r) & TYPE_BASE_MASK;
  return type == TYPE_PACKET || type == TYPE_PACKET_META;
}

/** A packet pointer moved by an unknown amount is a new base, of which nothing is proved yet. */
function rebase(dst: usize, forgetRange: bool): void {
  if (!isPacket(dst)) return;
  store<i32>(dst, newId(), REG_ID);
  if (forgetRange) store<i32>(dst, 0, REG_RANGE);
}

/** `dst = pointer + scalar`; `dst` may be either. A constant goes to the fixed offset, anything else to the variable one. */
export function pointerAdd(dst: usize, pointer: usize, scalar: usize): void {
  copyReg(base, pointer);
  copyReg(delta, scalar);
  addToBase(dst);
}

export function pointerAddImm(dst: usize, pointer: usize, imm: i32): void {
  copyReg(base, pointer);
  markKnown(delta, (imm as i64) as u64);
  addToBase(dst);
}

function addToBase(dst: usize): void {
  copyReg(dst, base);
  store<i32>(dst, 0, REG_SUBREG_DEF);
  unbound32(dst);
  const off = (load<i32>(base, REG_OFF) as i64) + smin(delta);
  if (isConst64(delta) && off == ((off as i32) as i64)) {
    store<i32>(dst, off as i32, REG_OFF);
    syncBounds(dst);
    return;
  }
  const slow = smin(base) + smin(delta);
  const shigh = smax(base) + smax(delta);
  const overflow = ((smin(base) ^ slow) & (smin(delta) ^ slow)) < 0 || ((smax(base) ^ shigh) & (smax(delta) ^ shigh)) < 0;
  if (overflow) setS(dst, i64.MIN_VALUE, i64.MAX_VALUE);
  else setS(dst, slow, shigh);
  const low = umin(base) + umin(delta);
  const high = umax(base) + umax(delta);
  if (low < umin(base) || high < umax(base)) setU(dst, 0, u64.MAX_VALUE);
  else setU(dst, low, high);
  tnumAdd(bits(base), mask(base), bits(delta), mask(delta));
  setTnum(dst, tv, tm);
  rebase(dst, true);
  syncBounds(dst);
}

/** `dst = pointer - scalar`. */
export function pointerSub(dst: usize, pointer: usize, scalar: usize): void {
  copyReg(base, pointer);
  copyReg(delta, scalar);
  subFromBase(dst);
}

export function pointerSubImm(dst: usize, pointer: usize, imm: i32): void {
  copyReg(base, pointer);
  markKnown(delta, (imm as i64) as u64);
  subFromBase(dst);
}

function subFromBase(dst: usize): void {
  copyReg(dst, base);
  store<i32>(dst, 0, REG_SUBREG_DEF);
  unbound32(dst);
  const off = (load<i32>(base, REG_OFF) as i64) - smin(delta);
  if (isConst64(delta) && off == ((off as i32) as i64)) {
    store<i32>(dst, off as i32, REG_OFF);
    syncBounds(dst);
    return;
  }
  const slow = smin(base) - smax(delta);
  const shigh = smax(base) - smin(delta);
  const overflow = ((smin(base) ^ smax(delta)) & (smin(base) ^ slow)) < 0 || ((smax(base) ^ smin(delta)) & (smax(base) ^ shigh)) < 0;
  if (overflow) setS(dst, i64.MIN_VALUE, i64.MAX_VALUE);
  else setS(dst, slow, shigh);
  if (umin(base) < umax(delta)) setU(dst, 0, u64.MAX_VALUE);
  else setU(dst, umin(base) - umax(delta), umax(base) - umin(delta));
  tnumSub(bits(base), mask(base), bits(delta), mask(delta));
  setTnum(dst, tv, tm);
  rebase(dst, smin(delta) < 0);
  syncBounds(dst);
}
