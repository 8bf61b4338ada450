// Marks the scalars that a decision depended on, back along the way that led to it.
import {
  FRAME_REG_COUNT, FRAME_REGS, FRAME_SLOT_TYPES, FRAME_SPILLED, HISTORY_INSN, HISTORY_PREVIOUS, INSN_KIND, KIND_NONE, REG_PRECISE, REG_SIZE,
  SLOT_BYTES, SLOT_SPILL, SLOT_STRIDE, STATE_ALL_PRECISE, STATE_CURFRAME, STATE_FIRST_INSN, STATE_LAST_INSN, STATE_PARENT, TELL_ALL_PRECISE,
  TELL_PARENT, TELL_PROPAGATED, TELL_START, TELL_STEP, TYPE_SCALAR,
} from '../layout';
import {
  backtrack, insnAt, isWantedEmpty, resetWanted, setWantedRegs, setWantedSlots, wantedFrame, wantedRegs, wantedSlots, wantReg, wantSlot,
} from './backtrack';
import { isCapable, isPrecise, typeOf } from './fields';
import { historyAt, historyCount } from './history';
import { walkNext, walkStart } from './link';
import { frameAt, slotsOf } from './records';

// @ts-ignore: decorator
@external("log", "tell")
declare function tell(what: i32, a: i32, b: i32, c: i32): void;
let tells: bool = false;
/** Whether each step of backtracking is told to the importer's `log.tell`. */
export function setTells(on: bool): void { tells = on; }

// @ts-ignore: decorator
@inline function isImpreciseScalar(r: usize): bool { return typeOf(r) == TYPE_SCALAR && !isPrecise(r); }
// @ts-ignore: decorator
@inline function setPrecise(r: usize): void { store<i32>(r, 1, REG_PRECISE); }
// @ts-ignore: decorator
@inline function slotAt(frame: usize, slot: i32): usize { return frame + FRAME_SPILLED + slot * SLOT_STRIDE; }
// @ts-ignore: decorator
@inline function isSpill(frame: usize, slot: i32): bool { return load<u8>(frame + FRAME_SLOT_TYPES + slot * SLOT_STRIDE + SLOT_BYTES - 1) == SLOT_SPILL; }

/** A decision at `insn` depended on the exact range of a register of the innermost frame: so do all values that it came from. */
export function markPrecise(state: usize, insn: i32, reg: i32): void {
  const frame = load<i32>(state, STATE_CURFRAME);
  resetWanted(frame);
  wantReg(frame, reg);
  markChain(state, insn);
}

/** As `markPrecise`, for a spilled scalar of a frame. */
export function markSlotPrecise(state: usize, insn: i32, frame: i32, slot: i32): void {
  resetWanted(load<i32>(state, STATE_CURFRAME));
  wantSlot(frame, slot);
  markChain(state, insn);
}

/**
 * The old state's precise scalars have to be precise in what led to `state`, which stands at `insn` and is covered by it.
 *
 * @returns whether a mark was new.
 */
export function propagatePrecision(old: usize, state: usize, insn: i32): bool {
  const last = load<i32>(old, STATE_CURFRAME);
  resetWanted(last);
  for (let i = last; i >= 0; i--) {
    const frame = frameAt(old, i);
    for (let r = 0; r < FRAME_REG_COUNT; r++) {
      const reg = frame + FRAME_REGS + r * REG_SIZE;
      if (typeOf(reg) == TYPE_SCALAR && isPrecise(reg)) wantReg(i, r);
    }
    const slots = slotsOf(frame);
    for (let slot = 0; slot < slots; slot++) {
      if (!isSpill(frame, slot)) continue;
      const spilled = slotAt(frame, slot);
      if (typeOf(spilled) == TYPE_SCALAR && isPrecise(spilled)) wantSlot(i, slot);
    }
  }
  if (tells) tell(TELL_PROPAGATED, 0, 0, 0);
  return markChain(state, insn);
}

/** What a walk back over the steps after one parent comes to: its start, the end of all wants, or nowhere. */
const START = 0, DONE = 1, LOST = 2;

/** Goes back along the way, state by state, until nothing is wanted any more. */
function markChain(start: usize, insn: i32): bool {
  if (!isCapable() || isWantedEmpty()) return false;
  let changed = false;
  let later = -1;
  let last = insn;
  let skip = true;
  for (let state = start; state != 0; ) {
    if (last < 0) {
      markEntry(state);
      return true;
    }
    const first = load<i32>(state, STATE_FIRST_INSN);
    if (tells) tell(TELL_START, last, first, later);
    const end = walkBack(state, last, later, skip);
    skip = false;
    if (end == LOST) break;
    if (end == DONE) return changed;
    later = first;
    const parent = load<u32>(state, STATE_PARENT) as usize;
    if (parent == 0) break;
    if (markIn(parent)) changed = true;
    if (isWantedEmpty()) return changed;
    last = load<i32>(parent, STATE_LAST_INSN);
    state = parent;
  }
  markAll(start);
  return true;
}

function walkBack(state: usize, last: i32, laterStart: i32, skipFirst: bool): i32 {
  const first = load<i32>(state, STATE_FIRST_INSN);
  let count = historyCount(state);
  let later = laterStart;
  let skip = skipFirst;
  for (let index = last; index >= 0; ) {
    const top = count > 0 ? historyAt(state, count - 1) : 0;
    const isTop = top != 0 && load<i32>(top, HISTORY_INSN) == index;
    if (skip) skip = false;
    else {
      if (tells) tell(TELL_STEP, index, 0, 0);
      if (load<u8>(insnAt(index), INSN_KIND) != KIND_NONE && !backtrack(index, later, isTop ? top : 0)) return LOST;
    }
    if (isWantedEmpty()) return DONE;
    later = index;
    if (index == first && (count == 0 || (count == 1 && load<i32>(historyAt(state, 0), HISTORY_INSN) == index))) return START;
    if (isTop) {
      index = load<i32>(top, HISTORY_PREVIOUS);
      count--;
    } else index--;
  }
  return START;
}

/** What is still wanted at the start of a global function are its arguments. */
function markEntry(state: usize): void {
  const frame = frameAt(state, 0);
  for (let r = 0; r < FRAME_REG_COUNT; r++) {
    const reg = frame + FRAME_REGS + r * REG_SIZE;
    if (((wantedRegs(0) >> r) & 1) != 0 && typeOf(reg) == TYPE_SCALAR) setPrecise(reg);
  }
}

/** Marks what is wanted in a saved state; what is marked already, or no scalar, is wanted no more. */
function markIn(state: usize): bool {
  let changed = false;
  for (let i = wantedFrame; i >= 0; i--) {
    const frame = frameAt(state, i);
    for (let rest = wantedRegs(i); rest != 0; rest &= rest - 1) {
      const reg = frame + FRAME_REGS + ctz<u32>(rest) * REG_SIZE;
      if (isImpreciseScalar(reg)) {
        setPrecise(reg);
        changed = true;
      } else setWantedRegs(i, wantedRegs(i) & ~(1 << ctz<u32>(rest)));
    }
    const depth = slotsOf(frame);
    for (let rest = wantedSlots(i); rest != 0; rest &= rest - 1) {
      const slot = ctz<u64>(rest) as i32;
      const spilled = slotAt(frame, slot);
      if (slot < depth && isSpill(frame, slot) && isImpreciseScalar(spilled)) {
        setPrecise(spilled);
        changed = true;
      } else setWantedSlots(i, wantedSlots(i) & ~((1 as u64) << (slot as u64)));
    }
    if (tells) tell(TELL_PARENT, state as i32, i, 0);
  }
  return changed;
}

/** Backtracking lost its way: every scalar of every state on the way is precise. */
function markAll(start: usize): void {
  if (tells) tell(TELL_ALL_PRECISE, start as i32, 0, 0);
  // All before a state that was forced before were forced with it.
  let state = load<u32>(start, STATE_PARENT) as usize;
  for (; state != 0 && load<i32>(state, STATE_ALL_PRECISE) == 0; state = load<u32>(state, STATE_PARENT)) {
    store<i32>(state, 1, STATE_ALL_PRECISE);
    walkStart(state);
    for (let reg = walkNext(); reg != 0; reg = walkNext()) {
      if (typeOf(reg) == TYPE_SCALAR) setPrecise(reg);
    }
  }
}

/** A state that was just saved carries the marks; the path starts anew without any. */
export function forgetPrecision(state: usize): void {
  if (!isCapable()) return;
  walkStart(state);
  for (let reg = walkNext(); reg != 0; reg = walkNext()) {
    if (typeOf(reg) == TYPE_SCALAR) store<i32>(reg, 0, REG_PRECISE);
  }
}
