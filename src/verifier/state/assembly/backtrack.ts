// Which registers and stack slots have to be known precisely, and one step back over an instruction. Linux 6.18 meanings.
import {
  DST_ON_STACK, HISTORY_FLAGS, HISTORY_FRAME, HISTORY_LINKED, HISTORY_LINKED_COUNT, HISTORY_SLOT, INSN_CALLS_BACK, INSN_DST, INSN_KIND,
  INSN_SIZE, INSN_SRC, KIND_ALU, KIND_BRANCH, KIND_CALL, KIND_CALL_GLOBAL, KIND_CALL_STATIC, KIND_EXIT, KIND_LD_IMM64, KIND_LEGACY_LOAD,
  KIND_LOAD, KIND_LOAD_ACQUIRE, KIND_MOV, KIND_MOVSX, KIND_STORE, KIND_TAIL_CALL, MAX_FRAMES, NO_REG, SRC_ON_STACK,
} from '../layout';
import { allocateZeroed } from './records';

const ARGUMENTS: u32 = 0b111110;
const FRAME_POINTER = 10;

let table: usize = 0;
/** Room for the instruction table of a program (`INSN_*`), to be filled by the caller. */
export function newTable(length: i32): usize {
  table = allocateZeroed(length * INSN_SIZE);
  return table;
}
// @ts-ignore: decorator
@inline export function insnAt(index: i32): usize { return table + index * INSN_SIZE; }
// @ts-ignore: decorator
@inline function callsBack(index: i32): bool { return load<u8>(insnAt(index), INSN_CALLS_BACK) != 0; }

/** What is wanted: the innermost frame, for each frame a word of registers and one of slots. */
export let wantedFrame: i32 = 0;
const regs: usize = memory.data(MAX_FRAMES * 4);
const slots: usize = memory.data(MAX_FRAMES * 8);
// @ts-ignore: decorator
@inline export function wantedRegs(frame: i32): u32 { return load<u32>(regs + (frame << 2)); }
// @ts-ignore: decorator
@inline export function setWantedRegs(frame: i32, value: u32): void { store<u32>(regs + (frame << 2), value); }
// @ts-ignore: decorator
@inline export function wantedSlots(frame: i32): u64 { return load<u64>(slots + (frame << 3)); }
// @ts-ignore: decorator
@inline export function setWantedSlots(frame: i32, value: u64): void { store<u64>(slots + (frame << 3), value); }
export function getWantedFrame(): i32 { return wantedFrame; }
export function getWantedRegs(frame: i32): u32 { return wantedRegs(frame); }
export function getWantedSlots(frame: i32): u64 { return wantedSlots(frame); }

export function resetWanted(frame: i32): void {
  wantedFrame = frame;
  for (let i = 0; i < MAX_FRAMES; i++) {
    setWantedRegs(i, 0);
    setWantedSlots(i, 0);
  }
}
export function isWantedEmpty(): bool {
  for (let frame = 0; frame <= wantedFrame; frame++) {
    if (wantedRegs(frame) != 0 || wantedSlots(frame) != 0) return false;
  }
  return true;
}
export function wantReg(frame: i32, reg: i32): void { setWantedRegs(frame, wantedRegs(frame) | (1 << reg)); }
export function wantSlot(frame: i32, slot: i32): void { setWantedSlots(frame, wantedSlots(frame) | ((1 as u64) << (slot as u64))); }
// @ts-ignore: decorator
@inline function hasReg(reg: i32): bool { return ((wantedRegs(wantedFrame) >> reg) & 1) != 0; }
// @ts-ignore: decorator
@inline function setReg(reg: i32): void { wantReg(wantedFrame, reg); }
// @ts-ignore: decorator
@inline function clearReg(reg: i32): void { setWantedRegs(wantedFrame, wantedRegs(wantedFrame) & ~(1 << reg)); }

/**
 * Steps back over one instruction: what must have been precise before it, for what is wanted after it to be.
 *
 * @param later the instruction that ran after it, -1 when unknown.
 * @param step its record in the history, 0 when it has none.
 * @returns false when it cannot be told; everything has to be precise then.
 */
export function backtrack(index: i32, later: i32, step: usize): bool {
  const insn = insnAt(index);
  if (step != 0) syncLinked(step);
  const dst = load<u8>(insn, INSN_DST) as i32;
  const src = load<u8>(insn, INSN_SRC) as i32;
  switch (load<u8>(insn, INSN_KIND) as i32) {
    case KIND_MOV: return backtrackAlu(dst, src, true);
    case KIND_ALU: return backtrackAlu(dst, src, false);
    case KIND_MOVSX:
      if (!hasReg(dst)) return true;
      clearReg(dst);
      setReg(src);
      return true;
    case KIND_LOAD: return backtrackLoad(dst, step);
    case KIND_LOAD_ACQUIRE: return backtrackLoad(src, step);
    case KIND_STORE: return backtrackStore(dst, src, step);
    case KIND_LD_IMM64:
      clearReg(dst);
      return true;
    case KIND_LEGACY_LOAD:
      if (!hasReg(0)) return true;
      clearReg(0);
      return false;
    case KIND_BRANCH:
      backtrackBranch(dst, src, step);
      return true;
    case KIND_CALL:
    case KIND_TAIL_CALL: return backtrackCall(index, later, load<u8>(insn, INSN_KIND) == KIND_TAIL_CALL);
    case KIND_CALL_STATIC: return leave(true);
    case KIND_CALL_GLOBAL:
      clearReg(0);
      return (wantedRegs(wantedFrame) & ARGUMENTS) == 0;
    case KIND_EXIT: return backtrackExit(later);
  }
  return true;
}

/** Whether the place that a step names, as `linkedPlace` does, is wanted. */
function isWanted(place: i32): bool {
  const frame = place >> 8;
  const index = place & 0x7f;
  return (place & 0x80) != 0 ? ((wantedSlots(frame) >> (index as u64)) & 1) != 0 : ((wantedRegs(frame) >> index) & 1) != 0;
}

/** Scalars that learnt together are wanted together. */
function syncLinked(step: usize): void {
  const count = load<u8>(step, HISTORY_LINKED_COUNT) as i32;
  let any = false;
  for (let i = 0; i < count; i++) {
    if (isWanted(load<u16>(step + (i << 1), HISTORY_LINKED))) any = true;
  }
  if (!any) return;
  for (let i = 0; i < count; i++) {
    const place: i32 = load<u16>(step + (i << 1), HISTORY_LINKED);
    if ((place & 0x80) != 0) wantSlot(place >> 8, place & 0x7f);
    else wantReg(place >> 8, place & 0x7f);
  }
}

function backtrackAlu(dst: i32, src: i32, moves: bool): bool {
  if (!hasReg(dst)) return true;
  if (moves) clearReg(dst);
  if (src != NO_REG && src != FRAME_POINTER) setReg(src);
  return true;
}

// @ts-ignore: decorator
@inline function usesSlot(step: usize): bool { return step != 0 && load<i8>(step, HISTORY_SLOT) >= 0; }

function backtrackLoad(dst: i32, step: usize): bool {
  if (!hasReg(dst)) return true;
  clearReg(dst);
  if (usesSlot(step)) wantSlot(load<i8>(step, HISTORY_FRAME), load<i8>(step, HISTORY_SLOT));
  return true;
}

function backtrackStore(base: i32, src: i32, step: usize): bool {
  // A wanted scalar cannot be a base: it came from subtracting pointers.
  if (hasReg(base)) return false;
  if (!usesSlot(step)) return true;
  const frame: i32 = load<i8>(step, HISTORY_FRAME);
  const bit: u64 = (1 as u64) << (load<i8>(step, HISTORY_SLOT) as u64);
  if ((wantedSlots(frame) & bit) == 0) return true;
  setWantedSlots(frame, wantedSlots(frame) & ~bit);
  if (src != NO_REG) setReg(src);
  return true;
}

function backtrackBranch(dst: i32, src: i32, step: usize): void {
  if (src != NO_REG && (hasReg(dst) || hasReg(src))) {
    const onStack = step == 0 ? 0 : load<u8>(step, HISTORY_FLAGS);
    if ((onStack & SRC_ON_STACK) == 0) setReg(src);
    if ((onStack & DST_ON_STACK) == 0) setReg(dst);
  }
  if (step != 0) syncLinked(step);
}

function backtrackCall(index: i32, later: i32, isTailCall: bool): bool {
  if (callsBack(index) && index != later - 1) return leave(false);
  clearReg(0);
  if ((wantedRegs(wantedFrame) & ARGUMENTS) != 0) return false;
  // Back into the subprogram that a tail call left for good.
  return !isTailCall || later - index == 1 || enter();
}

/**
 * From the start of a function back to its caller. The arguments of a static function come from the caller; those of a
 * callback are not the helper's own.
 */
function leave(hasArguments: bool): bool {
  const frame = wantedFrame;
  const wanted = wantedRegs(frame);
  if (frame == 0 || (wanted & ~ARGUMENTS) != 0 || wantedSlots(frame) != 0) return false;
  setWantedRegs(frame, 0);
  if (hasArguments) setWantedRegs(frame - 1, wantedRegs(frame - 1) | wanted);
  wantedFrame = frame - 1;
  return true;
}

function backtrackExit(later: i32): bool {
  if (later >= 0 && callsBack(later)) setWantedRegs(wantedFrame, wantedRegs(wantedFrame) & ~ARGUMENTS);
  const called = later > 0 ? (load<u8>(insnAt(later - 1), INSN_KIND) as i32) : 0;
  const resultWanted = (called == KIND_CALL_STATIC || called == KIND_CALL_GLOBAL) && hasReg(0);
  clearReg(0);
  if (!enter()) return false;
  if (resultWanted) setReg(0);
  return true;
}

/** Into the subprogram that returned. */
function enter(): bool {
  if (wantedFrame + 1 >= MAX_FRAMES) return false;
  wantedFrame++;
  setWantedRegs(wantedFrame, 0);
  return true;
}
