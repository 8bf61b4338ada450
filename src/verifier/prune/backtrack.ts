import type { Operation } from '../../isa/index.js';
import type { Shape } from '../control-flow/shape.js';
import { subprogramAt } from '../control-flow/shape.js';
import type { HistoryEntry, Place } from '../explore/path.js';
import { MAX_FRAMES } from '../state/layout.js';

/** BPF_FUNC_tail_call */
const TAIL_CALL = 12;
const ARGUMENTS = 0b111110;

/** Which registers and stack slots, in which frames, have to be known precisely: what backtracking carries. */
export class Wanted {
  frame = 0;
  readonly regs = new Uint16Array(MAX_FRAMES);
  /** Two words of 32 slots for each frame. */
  readonly slots = new Uint32Array(MAX_FRAMES * 2);

  reset(frame: number): void {
    this.frame = frame;
    this.regs.fill(0);
    this.slots.fill(0);
  }
  isEmpty(): boolean {
    for (let frame = 0; frame <= this.frame; frame++) {
      if (this.regs[frame] !== 0 || this.slots[frame * 2] !== 0 || this.slots[frame * 2 + 1] !== 0)
        return false;
    }
    return true;
  }
  hasReg(reg: number): boolean {
    return (((this.regs[this.frame] as number) >> reg) & 1) === 1;
  }
  setReg(reg: number, frame = this.frame): void {
    this.regs[frame] = (this.regs[frame] as number) | (1 << reg);
  }
  clearReg(reg: number, frame = this.frame): void {
    this.regs[frame] = (this.regs[frame] as number) & ~(1 << reg);
  }
  hasSlot(frame: number, slot: number): boolean {
    return (((this.slots[frame * 2 + (slot >> 5)] as number) >>> (slot & 31)) & 1) === 1;
  }
  setSlot(frame: number, slot: number): void {
    const at = frame * 2 + (slot >> 5);
    this.slots[at] = (this.slots[at] as number) | (1 << (slot & 31));
  }
  clearSlot(frame: number, slot: number): void {
    const at = frame * 2 + (slot >> 5);
    this.slots[at] = (this.slots[at] as number) & ~(1 << (slot & 31));
  }
  has(place: Place): boolean {
    return place.spilled
      ? this.hasSlot(place.frame, place.index)
      : (((this.regs[place.frame] as number) >> place.index) & 1) === 1;
  }
  set(place: Place): void {
    if (place.spilled) this.setSlot(place.frame, place.index);
    else this.setReg(place.index, place.frame);
  }
}

/**
 * Steps back over one instruction: what must have been precise before it, for what is wanted after it to be.
 *
 * @param later the instruction that ran after it, -1 when unknown.
 * @returns false when it cannot be told; everything has to be precise then.
 */
export function backtrack(
  shape: Shape,
  index: number,
  later: number,
  history: HistoryEntry | undefined,
  wanted: Wanted,
): boolean {
  const operation = shape.operations[index];
  if (operation === undefined) return true;
  syncLinked(history, wanted);
  switch (operation.kind) {
    case 'alu':
    case 'movsx':
      return backtrackAlu(operation, wanted);
    case 'load':
      return backtrackLoad(operation.dst, history, wanted);
    case 'store':
      return backtrackStore(
        operation.base,
        operation.src.kind === 'reg' ? operation.src.reg : -1,
        history,
        wanted,
      );
    case 'atomic':
      if (operation.op === 'load_acquire') return backtrackLoad(operation.src, history, wanted);
      return backtrackStore(operation.base, operation.src, history, wanted);
    case 'ld_imm64':
      wanted.clearReg(operation.dst);
      return true;
    case 'ld_abs':
    case 'ld_ind':
      if (!wanted.hasReg(0)) return true;
      wanted.clearReg(0);
      return false;
    case 'branch':
      backtrackBranch(operation, history, wanted);
      syncLinked(history, wanted);
      return true;
    case 'call_helper':
    case 'call_kfunc':
      if (shape.callsCallback[index] === 1 && index !== later - 1) return leaveCallback(wanted);
      wanted.clearReg(0);
      if (((wanted.regs[wanted.frame] as number) & ARGUMENTS) !== 0) return false;
      // Back into the subprogram that a tail call left for good.
      return (
        operation.kind === 'call_kfunc' || operation.id !== TAIL_CALL || later - index === 1 || enter(wanted)
      );
    case 'call_local':
      return backtrackCall(shape, index + 1 + operation.offset, wanted);
    case 'exit':
      return backtrackExit(shape, later, wanted);
    default:
      return true;
  }
}

/** Scalars that learnt together are wanted together. */
function syncLinked(history: HistoryEntry | undefined, wanted: Wanted): void {
  const linked = history?.linked;
  if (linked === undefined || !linked.some((place) => wanted.has(place))) return;
  for (const place of linked) wanted.set(place);
}

function backtrackAlu(operation: Operation & { kind: 'alu' | 'movsx' }, wanted: Wanted): boolean {
  if (!wanted.hasReg(operation.dst)) return true;
  if (operation.kind === 'movsx') {
    wanted.clearReg(operation.dst);
    wanted.setReg(operation.src);
    return true;
  }
  if (operation.op === 'mov') wanted.clearReg(operation.dst);
  if (operation.src.kind === 'reg' && operation.src.reg !== 10) wanted.setReg(operation.src.reg);
  return true;
}

function backtrackLoad(dst: number, history: HistoryEntry | undefined, wanted: Wanted): boolean {
  if (!wanted.hasReg(dst)) return true;
  wanted.clearReg(dst);
  if (history !== undefined && history.stackSlot >= 0) wanted.setSlot(history.stackFrame, history.stackSlot);
  return true;
}

function backtrackStore(
  base: number,
  src: number,
  history: HistoryEntry | undefined,
  wanted: Wanted,
): boolean {
  // A wanted scalar cannot be a base: it came from subtracting pointers.
  if (wanted.hasReg(base)) return false;
  if (history === undefined || history.stackSlot < 0) return true;
  if (!wanted.hasSlot(history.stackFrame, history.stackSlot)) return true;
  wanted.clearSlot(history.stackFrame, history.stackSlot);
  if (src >= 0) wanted.setReg(src);
  return true;
}

function backtrackBranch(
  operation: Operation & { kind: 'branch' },
  history: HistoryEntry | undefined,
  wanted: Wanted,
): void {
  const { dst, src } = operation;
  if (src.kind !== 'reg' || (!wanted.hasReg(dst) && !wanted.hasReg(src.reg))) return;
  if (history?.srcOnStack !== true) wanted.setReg(src.reg);
  if (history?.dstOnStack !== true) wanted.setReg(dst);
}

function backtrackCall(shape: Shape, target: number, wanted: Wanted): boolean {
  if (subprogramAt(shape, target)?.global === true) {
    wanted.clearReg(0);
    return ((wanted.regs[wanted.frame] as number) & ARGUMENTS) === 0;
  }
  const { frame } = wanted;
  const regs = wanted.regs[frame] as number;
  if (frame === 0 || (regs & ~ARGUMENTS) !== 0) return false;
  if (wanted.slots[frame * 2] !== 0 || wanted.slots[frame * 2 + 1] !== 0) return false;
  // The arguments come from the caller.
  wanted.regs[frame] = 0;
  wanted.regs[frame - 1] = (wanted.regs[frame - 1] as number) | regs;
  wanted.frame--;
  return true;
}

/** From the start of a callback back to the helper that called it: its arguments are not the helper's own. */
function leaveCallback(wanted: Wanted): boolean {
  const { frame } = wanted;
  const regs = wanted.regs[frame] as number;
  if (frame === 0 || (regs & ~ARGUMENTS) !== 0) return false;
  if (wanted.slots[frame * 2] !== 0 || wanted.slots[frame * 2 + 1] !== 0) return false;
  wanted.regs[frame] = 0;
  wanted.frame--;
  return true;
}

function backtrackExit(shape: Shape, later: number, wanted: Wanted): boolean {
  if (later >= 0 && shape.callsCallback[later] === 1)
    wanted.regs[wanted.frame] = (wanted.regs[wanted.frame] as number) & ~ARGUMENTS;
  const isReturn = later > 0 && shape.operations[later - 1]?.kind === 'call_local';
  const resultWanted = isReturn && wanted.hasReg(0);
  wanted.clearReg(0);
  if (!enter(wanted)) return false;
  if (resultWanted) wanted.setReg(0);
  return true;
}

/** Into the subprogram that returned. */
function enter(wanted: Wanted): boolean {
  if (wanted.frame + 1 >= MAX_FRAMES) return false;
  wanted.frame++;
  wanted.regs[wanted.frame] = 0;
  return true;
}
