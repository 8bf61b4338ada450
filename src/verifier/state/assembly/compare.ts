// Whether an old state that was found safe covers a new one. Linux 6.18 meanings.
import {
  COMPARE_EXACT, COMPARE_NOT_EXACT, FRAME_CALLBACK_DEPTH, FRAME_CALLSITE, FRAME_REG_COUNT, FRAME_REGS, FRAME_SLOT_TYPES, FRAME_SPILLED,
  ID_ADD_CONST, REF_ID, REF_KIND, REF_OBJECT, REG_AUX, REG_AUX2, REG_FRAMENO, REG_ID, REG_MAP, REG_OFF, REG_RANGE, REG_REF_OBJ_ID, REG_SIZE,
  REG_VALUE, SLOT_BYTES, SLOT_STRIDE, SLOT_DYNPTR, SLOT_INVALID, SLOT_IRQ_FLAG, SLOT_ITER, SLOT_MISC, SLOT_SPILL, SLOT_ZERO, STATE_ACTIVE_IRQ_ID,
  STATE_ACTIVE_LOCKS,
  STATE_ACTIVE_PREEMPT, STATE_ACTIVE_RCU, STATE_CURFRAME, STATE_REF_COUNT, STATE_SLEEPABLE, STATE_SPECULATIVE, TYPE_ARENA,
  TYPE_BASE_MASK, TYPE_BUF, TYPE_MAP_KEY, TYPE_MAP_VALUE, TYPE_MEM, TYPE_NOT_INIT, TYPE_PACKET, TYPE_PACKET_META, TYPE_SCALAR,
  TYPE_STACK, TYPE_TP_BUFFER,
} from '../layout';
import {
  bits, idOf, isPrecise, markUnknown, mask, smax, smax32, smin, smin32, typeOf, umax, umax32, umin, umin32,
} from './fields';
import { getLastId } from './alu';
import { frameAt, refAt, slotsOf } from './records';
import { tnumContains } from './tnum';

const MAX_IDS = 600 * 2;
/** Pairs (old id, new id) met so far in this comparison. */
const idMap: usize = memory.data(MAX_IDS * 8);
let idCount: i32 = 0;
let temporaryId: i32 = 0;
/** An unknown scalar, for stack bytes that were written without a spill. */
const unknown: usize = memory.data(REG_SIZE);
/** Reading stack that was never written is allowed (privileged programs). */
let uninitAllowed: bool = true;
export function setUninitAllowed(allowed: bool): void { uninitAllowed = allowed; }
/** Pointer arithmetic is masked for what one path knows: scalars have to be the same, not only within ranges. */
let scalarsExact: bool = false;
export function setScalarsExact(exact: bool): void { scalarsExact = exact; }

function resetIds(): void {
  idCount = 0;
  temporaryId = getLastId();
}

/** The relation between old and new ids is one to one. */
function sameId(oldId: i32, newId: i32): bool {
  if ((oldId != 0) != (newId != 0)) return false;
  if (oldId == 0) return true;
  for (let i = 0; i < idCount; i++) {
    const pair = idMap + (i << 3);
    if (load<i32>(pair) == oldId) return load<i32>(pair, 4) == newId;
    if (load<i32>(pair, 4) == newId) return false;
  }
  if (idCount >= MAX_IDS) return false;
  store<i32>(idMap + (idCount << 3), oldId);
  store<i32>(idMap + (idCount << 3), newId, 4);
  idCount++;
  return true;
}

/** An old scalar without a link relied on none, so any link will do; a new one without stands for an id of its own. */
function sameScalarId(oldId: i32, newId: i32): bool {
  return oldId == 0 || sameId(oldId, newId != 0 ? newId : ++temporaryId);
}

function sameWords(a: usize, b: usize, from: i32, to: i32): bool {
  for (let at = from; at < to; at += 8) {
    if (load<u64>(a + at) != load<u64>(b + at)) return false;
  }
  return true;
}

function equalButIds(old: usize, cur: usize): bool {
  return sameWords(old, cur, 0, REG_ID) && sameId(idOf(old), idOf(cur))
    && sameId(load<i32>(old, REG_REF_OBJ_ID), load<i32>(cur, REG_REF_OBJ_ID));
}

/** All of the new ranges are in the old ones. */
export function rangeWithin(old: usize, cur: usize): bool {
  return umin(old) <= umin(cur) && umax(old) >= umax(cur) && smin(old) <= smin(cur) && smax(old) >= smax(cur)
    && umin32(old) <= umin32(cur) && umax32(old) >= umax32(cur) && smin32(old) <= smin32(cur) && smax32(old) >= smax32(cur);
}

/** The old scalar covers the new one: ranges and known bits. */
export function isSubset(old: usize, cur: usize): bool {
  return rangeWithin(old, cur) && tnumContains(bits(old), mask(old), bits(cur), mask(cur));
}

/** Whether an old register that was found safe covers a new one. */
function regSafe(old: usize, cur: usize, exact: i32): bool {
  if (exact == COMPARE_EXACT) return equalButIds(old, cur);
  const type = typeOf(old);
  if (type == TYPE_NOT_INIT && (exact == COMPARE_NOT_EXACT || typeOf(cur) == TYPE_NOT_INIT)) return true;
  if (type != typeOf(cur)) return false;
  switch (type & TYPE_BASE_MASK) {
    case TYPE_SCALAR: return scalarSafe(old, cur, exact);
    case TYPE_MAP_VALUE: case TYPE_MAP_KEY: case TYPE_MEM: case TYPE_BUF: case TYPE_TP_BUFFER:
      return sameWords(old, cur, 0, REG_VALUE) && isSubset(old, cur) && sameId(idOf(old), idOf(cur))
        && sameId(load<i32>(old, REG_REF_OBJ_ID), load<i32>(cur, REG_REF_OBJ_ID));
    case TYPE_PACKET: case TYPE_PACKET_META: return packetSafe(old, cur);
    case TYPE_STACK: return equalButIds(old, cur) && load<i32>(old, REG_FRAMENO) == load<i32>(cur, REG_FRAMENO);
    case TYPE_ARENA: return true;
  }
  return equalButIds(old, cur);
}

function scalarSafe(old: usize, cur: usize, exact: i32): bool {
  if (scalarsExact) return sameWords(old, cur, 0, REG_ID) && sameScalarId(idOf(old), idOf(cur));
  if (!isPrecise(old) && exact == COMPARE_NOT_EXACT) return true;
  const oldId = idOf(old);
  const curId = idOf(cur);
  if (oldId != 0 && (oldId & ID_ADD_CONST) != (curId & ID_ADD_CONST)) return false;
  if ((oldId & ID_ADD_CONST) != 0) {
    // A distant scalar must stay distant from the same one.
    if (load<i32>(old, REG_OFF) != load<i32>(cur, REG_OFF)) return false;
    if (!sameId(oldId & ~ID_ADD_CONST, curId & ~ID_ADD_CONST)) return false;
  }
  return isSubset(old, cur) && sameScalarId(oldId, curId);
}

function packetSafe(old: usize, cur: usize): bool {
  const oldRange = load<i32>(old, REG_RANGE);
  const curRange = load<i32>(cur, REG_RANGE);
  if (oldRange < 0 || curRange < 0 ? oldRange != curRange : oldRange > curRange) return false;
  return load<i32>(old, REG_OFF) == load<i32>(cur, REG_OFF) && sameId(idOf(old), idOf(cur)) && isSubset(old, cur);
}

// @ts-ignore: decorator
@inline function slotType(frame: usize, slot: i32, byte: i32): i32 { return load<u8>(frame + FRAME_SLOT_TYPES + slot * SLOT_STRIDE + byte) as i32; }
// @ts-ignore: decorator
@inline function spilled(frame: usize, slot: i32): usize { return frame + FRAME_SPILLED + slot * SLOT_STRIDE; }

/** The scalar that an aligned 8-byte load of this slot would give, 0 when it is not one scalar. */
function scalarInSlot(frame: usize, slot: i32): usize {
  if (slotType(frame, slot, 0) == SLOT_SPILL) return typeOf(spilled(frame, slot)) == TYPE_SCALAR ? spilled(frame, slot) : 0;
  for (let i = 0; i < SLOT_BYTES; i++) {
    const type = slotType(frame, slot, i);
    if (type != SLOT_MISC && !(type == SLOT_INVALID && uninitAllowed)) return 0;
  }
  return unknown;
}

/** All eight bytes of a slot are a spill. */
const WHOLE_SPILL: u64 = 0x0101010101010101;

function slotSafe(old: usize, cur: usize, slot: i32, present: bool, exact: i32): bool {
  const oldTypes = load<u64>(old + FRAME_SLOT_TYPES + slot * SLOT_STRIDE);
  const curTypes = load<u64>(cur + FRAME_SLOT_TYPES + slot * SLOT_STRIDE);
  if (exact != COMPARE_NOT_EXACT && (!present || oldTypes != curTypes)) return false;
  if (oldTypes == WHOLE_SPILL && curTypes == WHOLE_SPILL && present) return regSafe(spilled(old, slot), spilled(cur, slot), exact);
  return bytesSafe(old, cur, slot, present, exact);
}

/** An iterator of the same type and state, or saved interrupt flags of the same kind. */
function sameKept(old: usize, cur: usize): bool {
  return load<i32>(old, REG_AUX) == load<i32>(cur, REG_AUX) && load<i32>(old, REG_AUX2) == load<i32>(cur, REG_AUX2)
    && sameId(load<i32>(old, REG_REF_OBJ_ID), load<i32>(cur, REG_REF_OBJ_ID));
}

function bytesSafe(old: usize, cur: usize, slot: i32, present: bool, exact: i32): bool {
  let needed = false;
  for (let i = 0; i < SLOT_BYTES; i++) {
    const type = slotType(old, slot, i);
    if (type != SLOT_INVALID && !(type == SLOT_MISC && uninitAllowed)) needed = true;
  }
  if (!needed) return true;
  if (!present) return false;
  const oldScalar = scalarInSlot(old, slot);
  if (oldScalar != 0) {
    const curScalar = scalarInSlot(cur, slot);
    if (curScalar != 0) return regSafe(oldScalar, curScalar, exact);
  }
  for (let i = 0; i < SLOT_BYTES; i++) {
    const type = slotType(old, slot, i);
    if (type == SLOT_INVALID || (type == SLOT_MISC && uninitAllowed)) continue;
    const curType = slotType(cur, slot, i);
    if (type != curType && !(type == SLOT_MISC && curType == SLOT_ZERO)) return false;
  }
  const type = slotType(old, slot, SLOT_BYTES - 1);
  if (type == SLOT_SPILL) return regSafe(spilled(old, slot), spilled(cur, slot), exact);
  if (type == SLOT_ITER || type == SLOT_IRQ_FLAG) return sameKept(spilled(old, slot), spilled(cur, slot));
  if (type == SLOT_DYNPTR) return dynptrSafe(spilled(old, slot), spilled(cur, slot));
  if (type > SLOT_ZERO) return equalButIds(spilled(old, slot), spilled(cur, slot));
  return true;
}

/** Two dynptrs of one kind do the same, whichever they are; what they hold must be the same. */
function dynptrSafe(old: usize, cur: usize): bool {
  return load<i32>(old, REG_AUX) == load<i32>(cur, REG_AUX) && load<i32>(old, REG_AUX2) == load<i32>(cur, REG_AUX2)
    && sameId(load<i32>(old, REG_REF_OBJ_ID), load<i32>(cur, REG_REF_OBJ_ID));
}

function stackSafe(old: usize, cur: usize, exact: i32): bool {
  const slots = slotsOf(old);
  const curSlots = slotsOf(cur);
  for (let slot = 0; slot < slots; slot++) {
    if (!slotSafe(old, cur, slot, slot < curSlots, exact)) return false;
  }
  return true;
}

function refsSafe(old: usize, cur: usize): bool {
  const count = load<i32>(old, STATE_REF_COUNT);
  if (count != load<i32>(cur, STATE_REF_COUNT)) return false;
  if (load<i32>(old, STATE_ACTIVE_LOCKS) != load<i32>(cur, STATE_ACTIVE_LOCKS)
    || load<i32>(old, STATE_ACTIVE_RCU) != load<i32>(cur, STATE_ACTIVE_RCU)
    || load<i32>(old, STATE_ACTIVE_PREEMPT) != load<i32>(cur, STATE_ACTIVE_PREEMPT)
    || !sameId(load<i32>(old, STATE_ACTIVE_IRQ_ID), load<i32>(cur, STATE_ACTIVE_IRQ_ID))) return false;
  for (let i = 0; i < count; i++) {
    const a = refAt(old, i);
    const b = refAt(cur, i);
    if (load<i32>(a, REF_KIND) != load<i32>(b, REF_KIND) || load<i32>(a, REF_OBJECT) != load<i32>(b, REF_OBJECT)) return false;
    if (!sameId(load<i32>(a, REF_ID), load<i32>(b, REF_ID))) return false;
  }
  return true;
}

/** Bit i of word f: register i of frame f will still be read. Written by the caller before `statesEqual`. */
const liveRegs: usize = memory.data(8 * 4);
export function liveRegsAddress(): usize { return liveRegs; }

/** Whether the old state, found safe, covers the current one. Registers that will not be read are not compared. */
export function statesEqual(old: usize, cur: usize, exact: i32): bool {
  const last = load<i32>(old, STATE_CURFRAME);
  if (last != load<i32>(cur, STATE_CURFRAME)) return false;
  if (load<i32>(old, STATE_SPECULATIVE) != 0 && load<i32>(cur, STATE_SPECULATIVE) == 0) return false;
  if (load<i32>(old, STATE_SLEEPABLE) != load<i32>(cur, STATE_SLEEPABLE)) return false;
  resetIds();
  if (typeOf(unknown) != TYPE_SCALAR) markUnknown(unknown);
  if (!refsSafe(old, cur)) return false;
  for (let i = 0; i <= last; i++) {
    const a = frameAt(old, i);
    const b = frameAt(cur, i);
    if (load<i32>(a, FRAME_CALLSITE) != load<i32>(b, FRAME_CALLSITE)) return false;
    if (load<i32>(a, FRAME_CALLBACK_DEPTH) > load<i32>(b, FRAME_CALLBACK_DEPTH)) return false;
    const live = load<u32>(liveRegs + (i << 2));
    for (let r = 0; r < FRAME_REG_COUNT; r++) {
      if ((live & (1 << r)) == 0) continue;
      const at = FRAME_REGS + r * REG_SIZE;
      if (!regSafe(a + at, b + at, exact)) return false;
    }
    if (!stackSafe(a, b, exact)) return false;
  }
  return true;
}

/** A quick look: all registers of the innermost frames are the same, bit for bit. */
export function maybeLooping(old: usize, cur: usize): bool {
  const last = load<i32>(old, STATE_CURFRAME);
  if (last != load<i32>(cur, STATE_CURFRAME)) return false;
  const a = frameAt(old, last) + FRAME_REGS;
  const b = frameAt(cur, last) + FRAME_REGS;
  for (let r = 0; r < FRAME_REG_COUNT; r++) {
    if (!sameWords(a + r * REG_SIZE, b + r * REG_SIZE, 0, REG_FRAMENO)) return false;
  }
  return true;
}

/** One register against one, with a fresh id map: for tests and single questions. */
export function regCovers(old: usize, cur: usize, exact: i32): bool {
  resetIds();
  return regSafe(old, cur, exact);
}

function widenReg(old: usize, cur: usize): void {
  if (typeOf(old) != TYPE_SCALAR || typeOf(cur) != TYPE_SCALAR) return;
  if (isPrecise(old) || isPrecise(cur) || equalButIds(old, cur)) return;
  markUnknown(cur);
}

/** Forgets imprecise scalars that differ from the loop's previous round, so that open-coded loops converge. */
export function widenImprecise(old: usize, cur: usize): void {
  resetIds();
  const last = load<i32>(old, STATE_CURFRAME);
  for (let i = 0; i <= last; i++) {
    const a = frameAt(old, i);
    const b = frameAt(cur, i);
    for (let r = 0; r < FRAME_REG_COUNT; r++) {
      const at = FRAME_REGS + r * REG_SIZE;
      widenReg(a + at, b + at);
    }
    const slots = slotsOf(a) < slotsOf(b) ? slotsOf(a) : slotsOf(b);
    for (let slot = 0; slot < slots; slot++) {
      const both = slotType(a, slot, SLOT_BYTES - 1) == SLOT_SPILL && slotType(b, slot, SLOT_BYTES - 1) == SLOT_SPILL;
      if (both) widenReg(spilled(a, slot), spilled(b, slot));
    }
  }
}
