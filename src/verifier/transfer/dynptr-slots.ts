import type { Session } from '../explore/session.js';
import { frameOfPointer } from '../obligations/stack-bounds.js';
import type { BadPlace } from '../rules/dynptr.js';
import { refuse } from '../rules/rule.js';
import { stackObject } from '../rules/stack-object.js';
import type { FrameAddr, RegAddr } from '../state/domain.js';
import { type DynptrKind, dynptrCode, dynptrKind, isReferenced } from '../state/dynptr-kinds.js';
import {
  FLAG_MAYBE_NULL,
  REG_AUX2,
  SLOT_BYTES,
  SLOT_DYNPTR,
  SLOT_INVALID,
  TYPE_DYNPTR,
  TYPE_MEM,
} from '../state/layout.js';
import { acquire, REF_POINTER, release } from './references.js';

/** Stack slots of a dynptr; it begins in the one with the higher number. */
const SLOTS = 2;

/** Where on the stack a pointer's dynptr is. `used` is false while the stack does not reach there yet. */
export interface DynptrPlace {
  readonly frame: FrameAddr;
  readonly slot: number;
  readonly used: boolean;
}

/** The place of a dynptr, or why there can be none. */
export function dynptrPlace(s: Session, reg: RegAddr): DynptrPlace | BadPlace {
  const { memory } = s;
  if (!memory.isConst(reg)) return { place: 'variable' };
  const off = (memory.constNumber(reg) ?? 0) + memory.off(reg);
  const slot = (-off - 1) >> 3;
  if (off % SLOT_BYTES !== 0 || slot + 1 < SLOTS) return { place: off };
  const frame = frameOfPointer(s, reg);
  return { frame, slot, used: slot < memory.stackDepth(frame) / SLOT_BYTES };
}

/** The record of the first slot of the dynptr at a place; undefined when there is none. */
export function dynptrAt(s: Session, { frame, slot, used }: DynptrPlace): RegAddr | undefined {
  if (!used || !isDynptrSlot(s, frame, slot) || !isDynptrSlot(s, frame, slot - 1)) return undefined;
  const record = s.memory.spilled(frame, slot);
  return isFirst(s, record) ? record : undefined;
}

/** The kind of a dynptr, from its record or a register. */
export function kindOf(s: Session, record: RegAddr): DynptrKind | undefined {
  return dynptrKind(s.memory.aux(record));
}

function isDynptrSlot(s: Session, frame: FrameAddr, slot: number): boolean {
  return s.memory.slotType(frame, slot, 0) === SLOT_DYNPTR;
}

function isFirst(s: Session, record: RegAddr): boolean {
  return s.memory.word(record + REG_AUX2) === 1;
}

/** A register that leads to a dynptr which the program may use and not change. */
export function markConstDynptr(s: Session, reg: RegAddr, kind: DynptrKind): void {
  markDynptr(s, reg, kind, true, s.ops.newId());
}

function markDynptr(s: Session, reg: RegAddr, kind: DynptrKind, first: boolean, id: number): void {
  s.ops.markPointer(reg, TYPE_DYNPTR);
  s.memory.setMap(reg, -1);
  s.memory.setAux(reg, dynptrCode(kind));
  s.memory.setWord(reg + REG_AUX2, first ? 1 : 0);
  s.memory.setId(reg, id);
}

/**
 * A call makes a dynptr in these slots.
 *
 * @param shares the reference that it shares with the dynptr it is a clone of, 0 when it has its own.
 */
export function makeDynptr(s: Session, place: DynptrPlace, kind: DynptrKind, shares = 0): void {
  const { memory } = s;
  const { frame, slot } = place;
  destroyDynptr(s, frame, slot);
  destroyDynptr(s, frame, slot - 1);
  const id = s.ops.newId();
  for (const at of [slot, slot - 1]) {
    memory.fillSlot(frame, at, SLOT_DYNPTR);
    markDynptr(s, memory.spilled(frame, at), kind, at === slot, id);
  }
  noteWritten(s, frame, slot);
  if (!isReferenced(kind)) return;
  const reference = shares === 0 ? acquire(s, REF_POINTER) : shares;
  for (const at of [slot, slot - 1]) memory.setRefObjId(memory.spilled(frame, at), reference);
}

/** The call uses the dynptr in these slots. */
export function readDynptr(s: Session, { frame, slot }: DynptrPlace): void {
  for (const at of [slot, slot - 1]) {
    s.liveStack.read(s.memory.frameNumber(frame), s.at, at);
    touch(s, frame, at);
  }
}

function touch(s: Session, frame: FrameAddr, slot: number): void {
  if (frame === s.frame) s.touchSlot(slot);
}

function noteWritten(s: Session, frame: FrameAddr, slot: number): void {
  for (const at of [slot, slot - 1]) {
    s.liveStack.write(s.memory.frameNumber(frame), at);
    touch(s, frame, at);
  }
}

function invalidate(s: Session, frame: FrameAddr, slot: number): void {
  const { memory } = s;
  for (const at of [slot, slot - 1]) {
    memory.fillSlot(frame, at, SLOT_INVALID);
    s.ops.markNotInit(memory.spilled(frame, at));
  }
  noteWritten(s, frame, slot);
}

/** A call has given back what the dynptr held: it is gone, and so are its clones and what was got through them. */
export function releaseDynptr(s: Session, { frame, slot }: DynptrPlace): void {
  const { memory } = s;
  const record = memory.spilled(frame, slot);
  if (!isReferenced(kindOf(s, record))) {
    invalidate(s, frame, slot);
    return;
  }
  const reference = memory.refObjId(record);
  release(s, reference);
  for (let at = 1; at < memory.stackDepth(frame) / SLOT_BYTES; at++) {
    const other = memory.spilled(frame, at);
    if (isDynptrSlot(s, frame, at) && memory.refObjId(other) === reference && isFirst(s, other))
      invalidate(s, frame, at);
  }
}

/** Something is written over a slot: a dynptr there is gone, and so are the slices of it. @throws {Refusal} */
export function destroyDynptr(s: Session, frame: FrameAddr, slot: number): void {
  if (slot < 0 || !isDynptrSlot(s, frame, slot)) return;
  const { memory, ops } = s;
  const first = isFirst(s, memory.spilled(frame, slot)) ? slot : slot + 1;
  const record = memory.spilled(frame, first);
  if (isReferenced(kindOf(s, record))) refuse(stackObject, s.at, { problem: 'overwrite' }, 'EINVAL');
  const id = memory.id(record);
  ops.walkStart(s.path.state);
  for (let reg = ops.walkNext(); reg !== 0; reg = ops.walkNext()) {
    const type = memory.type(reg) & ~FLAG_MAYBE_NULL;
    if (type === TYPE_MEM && memory.aux(reg) === id) s.forget(reg);
  }
  invalidate(s, frame, first);
}
