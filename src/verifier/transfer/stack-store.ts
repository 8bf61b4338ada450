import type { Session } from '../explore/session.js';
import type { Stored } from '../obligations/memory.js';
import { frameOfPointer, growStack } from '../obligations/stack-bounds.js';
import { markPrecise } from '../prune/precision.js';
import { refuse } from '../rules/rule.js';
import { spill } from '../rules/spill.js';
import { unwrittenStack } from '../rules/unwritten-stack.js';
import type { FrameAddr, RegAddr } from '../state/domain.js';
import {
  SLOT_BYTES,
  SLOT_INVALID,
  SLOT_MISC,
  SLOT_SPILL,
  SLOT_ZERO,
  TYPE_BASE_MASK,
  TYPE_DYNPTR,
  TYPE_NOT_INIT,
  TYPE_SCALAR,
  TYPE_STACK,
  TYPE_TP_BUFFER,
} from '../state/layout.js';
import { destroyDynptr } from './dynptr-slots.js';

/** Stores to the stack at a checked place. `off` has the pointer's constant offset in it. */
export function storeToStack(s: Session, pointer: RegAddr, off: number, size: number, stored: Stored): void {
  if (s.memory.isConst(pointer))
    storeAt(s, pointer, off + (s.memory.constNumber(pointer) as number), size, stored);
  else storeSomewhere(s, pointer, off, size, stored);
}

function storeAt(s: Session, pointer: RegAddr, off: number, size: number, stored: Stored): void {
  const { memory, ops } = s;
  const frame = frameOfPointer(s, pointer);
  const frameno = memory.frameno(pointer);
  const slot = (-off - 1) >> 3;
  growStack(s, frame, (slot + 1) * SLOT_BYTES);
  const value = stored.kind === 'reg' ? s.reg(stored.reg) : 0;
  if (!s.rights.seesPointers && size !== SLOT_BYTES) checkKeepsPointer(s, frame, slot);
  if (s.guards?.v4 === true) guardSlot(s, frame, off, size, value);
  destroyDynptr(s, frame, slot);
  s.touchSlot(slot);
  const startsSlot = (off & 7) === 0;
  if (startsSlot && size === 8) s.liveStack.write(frameno, slot);
  if (value !== 0 && startsSlot && s.rights.bpf && memory.type(value) === TYPE_SCALAR) {
    ops.spillScalar(frame, slot, size, value);
    s.noteStackAccess(frameno, slot);
    return;
  }
  if (stored.kind === 'imm' && startsSlot && s.rights.bpf) {
    const spilled = memory.spilled(frame, slot);
    ops.moveImm(64, spilled, stored.imm);
    ops.markSpilled(frame, slot, size);
    s.noteStackAccess(frameno, slot);
    return;
  }
  if (value !== 0 && isSpillable(memory.type(value)) && memory.isPointer(value)) {
    savePointer(s, frame, slot, size, value);
    s.noteStackAccess(frameno, slot);
    return;
  }
  storeBytes(s, frame, off, size, stored, value);
}

/** Part of a spilled pointer may not be overwritten by who must not see the rest. */
function checkKeepsPointer(s: Session, frame: FrameAddr, slot: number): void {
  const { memory } = s;
  if (memory.slotType(frame, slot, SLOT_BYTES - 1) !== SLOT_SPILL) return;
  if (!memory.isScalar(memory.spilled(frame, slot))) refuse(spill, s.at, { problem: 'corrupt' });
}

/** A CPU may still load what a slot held before. Where that matters a barrier stands behind the store. */
function guardSlot(s: Session, frame: FrameAddr, off: number, size: number, value: RegAddr): void {
  const { memory } = s;
  let isSensitive = value !== 0 && memory.isPointer(value);
  for (let at = off; at < off + size && !isSensitive; at++) {
    const type = memory.slotType(frame, (-at - 1) >> 3, (-at - 1) & 7);
    isSensitive = type !== SLOT_MISC && type !== SLOT_ZERO;
  }
  if (isSensitive && s.guards !== undefined) s.guards.barrierAfter[s.at] = 1;
}

/** Linux forgets what other pointers were when they are stored: they come back as numbers. */
function isSpillable(type: number): boolean {
  return type !== TYPE_SCALAR && type !== TYPE_TP_BUFFER && (type & TYPE_BASE_MASK) !== TYPE_DYNPTR;
}

function savePointer(s: Session, frame: FrameAddr, slot: number, size: number, value: RegAddr): void {
  const { memory, ops } = s;
  if (size !== 8) refuse(spill, s.at, { problem: 'size' });
  if (frame !== s.frame && memory.type(value) === TYPE_STACK)
    refuse(spill, s.at, { problem: 'caller' }, 'EINVAL');
  ops.copyReg(memory.spilled(frame, slot), value);
  ops.markSpilled(frame, slot, 8);
}

function storeBytes(
  s: Session,
  frame: FrameAddr,
  off: number,
  size: number,
  stored: Stored,
  value: RegAddr,
): void {
  const { memory } = s;
  const slot = (-off - 1) >> 3;
  scrub(s, frame, slot);
  const isZero =
    value !== 0 ? memory.isScalar(value) && memory.isZero(value) : stored.kind === 'imm' && stored.imm === 0;
  let type = SLOT_MISC;
  if (isZero) {
    type = SLOT_ZERO;
    if (stored.kind === 'reg') markPrecise(s, stored.reg);
  }
  for (let index = 0; index < size; index++) setByte(s, frame, off + index, type);
  memory.setType(memory.spilled(frame, slot), TYPE_NOT_INIT);
}

/** A spill that is overwritten in part, or what a kernel function kept there, is bytes from now on. */
function scrub(s: Session, frame: FrameAddr, slot: number): void {
  const { memory } = s;
  if (!isSpecial(memory.slotType(frame, slot, SLOT_BYTES - 1))) return;
  for (let byte = 0; byte < SLOT_BYTES; byte++) {
    if (memory.slotType(frame, slot, byte) !== SLOT_INVALID) memory.setSlotType(frame, slot, byte, SLOT_MISC);
  }
}

function isSpecial(type: number): boolean {
  return type === SLOT_SPILL || type > SLOT_ZERO;
}

function setByte(s: Session, frame: FrameAddr, off: number, type: number): void {
  const at = -off - 1;
  s.memory.setSlotType(frame, at >> 3, at & 7, type);
}

/** A store at one of several places: each byte there may have been written, or not. */
function storeSomewhere(s: Session, pointer: RegAddr, off: number, size: number, stored: Stored): void {
  const { memory } = s;
  const frame = frameOfPointer(s, pointer);
  const low = memory.sminNumber(pointer) + off;
  const high = memory.smaxNumber(pointer) + off + size;
  const value = stored.kind === 'reg' ? s.reg(stored.reg) : 0;
  const isZero =
    value !== 0 ? memory.isScalar(value) && memory.isZero(value) : stored.kind === 'imm' && stored.imm === 0;
  growStack(s, frame, -low);
  for (let at = low; at < high; at++) destroyDynptr(s, frame, (-at - 1) >> 3);
  let zeroKept = false;
  for (let at = low; at < high; at++) {
    const index = -at - 1;
    const slot = index >> 3;
    s.touchSlot(slot);
    const before = memory.slotType(frame, slot, index & 7);
    if (before !== SLOT_MISC && before !== SLOT_ZERO && !s.rights.seesPointers)
      refuse(unwrittenStack, s.at, { problem: 'over_pointer', insn: s.at, off: at }, 'EINVAL');
    // A spilled 0 that a possible 0 is written over stays one.
    if (isZero && before === SLOT_SPILL && isZeroSpill(s, frame, slot)) {
      zeroKept = true;
      continue;
    }
    scrub(s, frame, slot);
    memory.setType(memory.spilled(frame, slot), TYPE_NOT_INIT);
    if (isZero && before === SLOT_ZERO) zeroKept = true;
    else memory.setSlotType(frame, slot, index & 7, SLOT_MISC);
  }
  if (zeroKept && stored.kind === 'reg') markPrecise(s, stored.reg);
}

function isZeroSpill(s: Session, frame: FrameAddr, slot: number): boolean {
  const spilled = s.memory.spilled(frame, slot);
  return s.memory.isScalar(spilled) && s.memory.isZero(spilled);
}
