import type { Session } from '../explore/session.js';
import { accessMemory } from '../obligations/memory.js';
import { frameOfPointer } from '../obligations/stack-bounds.js';
import type { FrameAddr, RegAddr } from '../state/domain.js';
import { SLOT_BYTES, SLOT_INVALID, TYPE_STACK } from '../state/layout.js';

/** What a kernel function keeps on the program's stack for itself. */
export type StackObject = 'iter' | 'dynptr' | 'irq_flag';

/** The slot at the lowest address of an object on the stack; the object takes it and the ones above. */
export type StackPlace =
  | { readonly kind: 'slot'; readonly frame: FrameAddr; readonly slot: number }
  /** Below what the stack holds so far. */
  | { readonly kind: 'fresh' }
  /** There can be no such object; `note` is what Linux says of it before its message. */
  | { readonly kind: 'wrong'; readonly note: string };

/** Where a stack pointer leads, as the place of an object of some slots. */
export function placeOf(s: Session, reg: RegAddr, object: StackObject, slots: number): StackPlace {
  const { memory } = s;
  const variable = memory.constNumber(reg);
  if (variable === undefined) return { kind: 'wrong', note: `${object} has to be at a constant offset\n` };
  const off = memory.off(reg) + variable;
  const wrong = { kind: 'wrong', note: `cannot pass in ${object} at an offset=${off}\n` } as const;
  if (off % SLOT_BYTES !== 0) return wrong;
  const slot = Math.trunc((-off - 1) / SLOT_BYTES);
  if (slot + 1 < slots) return wrong;
  const frame = frameOfPointer(s, reg);
  return slot < memory.stackDepth(frame) / SLOT_BYTES ? { kind: 'slot', frame, slot } : { kind: 'fresh' };
}

/** The kernel writes all bytes of an object that it is about to make. */
export function writeObject(s: Session, regno: number, slots: number): void {
  for (let off = 0; off < slots * SLOT_BYTES; off += SLOT_BYTES) {
    accessMemory(s, {
      regno,
      off,
      size: SLOT_BYTES,
      into: -1,
      signed: false,
      stored: { kind: 'unknown' },
      byHelper: true,
    });
  }
}

/** A slot is part of an object from now on. Answers its record: a pointer of no use to the program. */
export function claimSlot(s: Session, frame: FrameAddr, slot: number, kind: number): RegAddr {
  const { memory, ops } = s;
  const reg = memory.spilled(frame, slot);
  ops.markPointer(reg, TYPE_STACK);
  memory.fillSlot(frame, slot, kind);
  s.liveStack.write(memory.frameNumber(frame), slot);
  if (frame === s.frame) s.touchSlot(slot);
  return reg;
}

/** The object is gone. */
export function freeSlot(s: Session, frame: FrameAddr, slot: number): void {
  const { memory, ops } = s;
  ops.markNotInit(memory.spilled(frame, slot));
  memory.fillSlot(frame, slot, SLOT_INVALID);
  s.liveStack.write(memory.frameNumber(frame), slot);
  if (frame === s.frame) s.touchSlot(slot);
}

/** Every byte of the slot is of this kind. */
export function slotIs(s: Session, frame: FrameAddr, slot: number, kind: number): boolean {
  for (let byte = 0; byte < SLOT_BYTES; byte++)
    if (s.memory.slotType(frame, slot, byte) !== kind) return false;
  return true;
}

/** Some byte of the slot is of this kind. */
export function slotHas(s: Session, frame: FrameAddr, slot: number, kind: number): boolean {
  for (let byte = 0; byte < SLOT_BYTES; byte++)
    if (s.memory.slotType(frame, slot, byte) === kind) return true;
  return false;
}
