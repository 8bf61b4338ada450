import type { Session } from '../explore/session.js';
import type { Access } from '../obligations/memory.js';
import { fitLoaded } from '../obligations/memory.js';
import { frameOfPointer } from '../obligations/stack-bounds.js';
import { tnumText } from '../obligations/text.js';
import { pointerLeak } from '../rules/pointer-leak.js';
import { refuse } from '../rules/rule.js';
import { speculation } from '../rules/speculation.js';
import { spill } from '../rules/spill.js';
import { stackObject } from '../rules/stack-object.js';
import { unwrittenStack } from '../rules/unwritten-stack.js';
import type { FrameAddr, RegAddr } from '../state/domain.js';
import { SLOT_BYTES, SLOT_INVALID, SLOT_MISC, SLOT_SPILL, SLOT_ZERO, TYPE_SCALAR } from '../state/layout.js';

/** Loads from the stack at a checked place. Programs that may load BPF may read unwritten stack, as anything. */
export function loadFromStack(s: Session, pointer: RegAddr, off: number, access: Access): void {
  const { memory } = s;
  if (!memory.isConst(pointer)) {
    loadSomewhere(s, pointer, off, access);
    return;
  }
  loadAt(s, frameOfPointer(s, pointer), off + (memory.constNumber(pointer) as number), access);
}

/** Where in the stack an access goes, a wrong guess could change. */
export function checkConstantPlace(s: Session, reg: number, pointer: RegAddr): void {
  if (s.guards?.v1 === true && !s.memory.isConst(pointer))
    refuse(speculation, s.at, { problem: 'variable_access', reg, varOff: tnumText(s.memory, pointer) });
}

function loadSomewhere(s: Session, pointer: RegAddr, off: number, access: Access): void {
  const { memory } = s;
  checkConstantPlace(s, access.regno, pointer);
  const frame = frameOfPointer(s, pointer);
  const low = memory.sminNumber(pointer) + off;
  const high = memory.smaxNumber(pointer) + off + access.size;
  const from = tnumText(memory, pointer);
  const { regno: reg, size } = access;
  readRange(s, frame, low, high, false, { reg, from, size });
  if (access.into >= 0) loadBytes(s, frame, low, high, access);
}

/**
 * Notes that bytes `[low, high)` of a frame are read by an access that knows no slots.
 *
 * @param clobber whether they may be written too: whatever they held is forgotten.
 * @param read what the refusal of a byte says: part of a dynptr or iterator, or what this program's loader may not see.
 */
export function readRange(
  s: Session,
  frame: FrameAddr,
  low: number,
  high: number,
  clobber: boolean,
  read: { readonly reg: number; readonly from: number | string; readonly size: number },
): void {
  const { memory } = s;
  const frameno = memory.frameNumber(frame);
  for (let at = low; at < high; at++) {
    const index = -at - 1;
    const slot = index >> 3;
    const type = memory.slotType(frame, slot, index & 7);
    const facts = () => ({ problem: 'helper_read', ...read, at: at - low }) as const;
    if (type > SLOT_ZERO) refuse(stackObject, s.at, facts());
    if (isHidden(s, frame, slot, type)) refuse(unwrittenStack, s.at, facts());
    s.liveStack.read(frameno, s.at, slot);
    if (!clobber) continue;
    if (memory.slotType(frame, slot, SLOT_BYTES - 1) === SLOT_SPILL && type === SLOT_SPILL)
      forgetSpill(s, frame, slot);
    else memory.setSlotType(frame, slot, index & 7, SLOT_MISC);
  }
}

/** Stack that was not written, and addresses that are kept there. */
function isHidden(s: Session, frame: FrameAddr, slot: number, type: number): boolean {
  if (type === SLOT_INVALID) return !s.rights.readsUnwrittenStack;
  return type === SLOT_SPILL && !s.rights.seesPointers && !s.memory.isScalar(s.memory.spilled(frame, slot));
}

function forgetSpill(s: Session, frame: FrameAddr, slot: number): void {
  const { memory } = s;
  s.ops.markUnknown(memory.spilled(frame, slot));
  for (let byte = 0; byte < SLOT_BYTES; byte++) {
    const type = memory.slotType(frame, slot, byte);
    if (type === SLOT_SPILL) memory.setSlotType(frame, slot, byte, SLOT_MISC);
  }
}

function loadAt(s: Session, frame: FrameAddr, off: number, access: Access): void {
  const { memory } = s;
  const slot = (-off - 1) >> 3;
  s.liveStack.read(memory.frameNumber(frame), s.at, slot);
  s.touchSlot(slot);
  if (memory.slotType(frame, slot, SLOT_BYTES - 1) === SLOT_SPILL) {
    loadSpill(s, frame, slot, off, access);
    return;
  }
  checkBytes(s, frame, off, access.size);
  if (access.into >= 0) loadBytes(s, frame, off, off + access.size, access);
}

function checkBytes(s: Session, frame: FrameAddr, off: number, size: number): void {
  for (let at = 0; at < size; at++) {
    const index = -(off + at) - 1;
    const type = s.memory.slotType(frame, index >> 3, index & 7);
    if (type > SLOT_ZERO) refuse(stackObject, s.at, { problem: 'read', off, at, size });
    if (type === SLOT_INVALID && !s.rights.readsUnwrittenStack)
      refuse(unwrittenStack, s.at, { problem: 'read', off, at, size });
  }
}

function loadSpill(s: Session, frame: FrameAddr, slot: number, off: number, access: Access): void {
  const { memory, ops } = s;
  const spilled = memory.spilled(frame, slot);
  const spillSize = ops.spillSize(frame, slot);
  if (access.size === SLOT_BYTES && spillSize === SLOT_BYTES) {
    s.noteStackAccess(memory.frameNumber(frame), slot);
    if (access.into >= 0) ops.copyReg(s.reg(access.into), spilled);
    else if (!s.rights.seesPointers && !memory.isScalar(spilled))
      refuse(pointerLeak, s.at, { problem: 'stack', off });
    return;
  }
  if (memory.type(spilled) !== TYPE_SCALAR) {
    s.log.source(s.at);
    refuse(spill, s.at, { problem: 'fill' });
  }
  if (access.into < 0) return;
  if (access.size <= spillSize && (off & 7) === 0) {
    s.noteStackAccess(memory.frameNumber(frame), slot);
    loadNarrow(s, spilled, access, spillSize);
  } else loadAcross(s, frame, slot, off, access);
}

function loadNarrow(s: Session, spilled: RegAddr, access: Access, spillSize: number): void {
  const { memory, ops } = s;
  const dst = s.reg(access.into);
  const fits = access.size === 8 || memory.umaxNumber(spilled) < 2 ** (access.size * 8);
  if (access.size === 4 && spillSize === 4 && fits) ops.linkBeforeCopy(spilled);
  ops.copyReg(dst, spilled);
  if (!fits) ops.clearLink(dst);
  fitLoaded(s, dst, access);
}

/** A load that is no part of a spill's lower bytes: only zeros are known. */
function loadAcross(s: Session, frame: FrameAddr, slot: number, off: number, access: Access): void {
  const { memory, ops } = s;
  checkBytes(s, frame, off, access.size);
  let spills = 0;
  let zeros = 0;
  for (let index = 0; index < access.size; index++) {
    const type = memory.slotType(frame, slot, (-(off + index) - 1) & 7);
    if (type === SLOT_SPILL) spills++;
    else if (type === SLOT_ZERO) zeros++;
  }
  const dst = s.reg(access.into);
  const spilled = memory.spilled(frame, slot);
  if (spills === access.size && memory.isZero(spilled)) {
    s.noteStackAccess(memory.frameNumber(frame), slot);
    ops.markKnown(dst, 0n);
  } else if (zeros === access.size) ops.markKnown(dst, 0n);
  else ops.markUnknown(dst);
  fitLoaded(s, dst, access);
}

function loadBytes(s: Session, frame: FrameAddr, low: number, high: number, access: Access): void {
  const { memory } = s;
  const dst = s.reg(access.into);
  let zero = true;
  for (let at = low; at < high && zero; at++) {
    const index = -at - 1;
    s.touchSlot(index >> 3);
    zero = memory.slotType(frame, index >> 3, index & 7) === SLOT_ZERO;
  }
  if (zero) s.ops.markKnown(dst, 0n);
  else s.ops.markUnknown(dst);
  fitLoaded(s, dst, access);
}
