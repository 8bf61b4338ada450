import type { Session } from '../explore/session.js';
import { referenceLeak } from '../rules/reference-leak.js';
import { refuse } from '../rules/rule.js';
import { sectionBalance } from '../rules/section-balance.js';
import type { StateAddr } from '../state/domain.js';
import {
  OWN_REFS,
  REF_ID,
  REF_INSN,
  REF_KIND,
  REF_OBJECT,
  REF_SIZE,
  STATE_ACTIVE_IRQ_ID,
  STATE_ACTIVE_LOCKS,
  STATE_ACTIVE_PREEMPT,
  STATE_ACTIVE_RCU,
  STATE_REF_COUNT,
  STATE_REFS,
} from '../state/layout.js';

/** Kinds of references: something to release, a lock to unlock, saved interrupt flags. */
export const REF_POINTER = 1;
export const REF_LOCK = 2;
/** Saved interrupt flags, to be restored in the opposite order. */
export const REF_IRQ = 4;
/** Resilient locks, of which several may be held; the second kind disables interrupts too. */
export const REF_RES_LOCK = 8;
export const REF_RES_LOCK_IRQ = 16;
const LOCKS = REF_LOCK | REF_RES_LOCK | REF_RES_LOCK_IRQ;

function count(s: Session, state: StateAddr): number {
  return s.memory.word(state + STATE_REF_COUNT);
}

/** The records of the first references are at known places. */
function entry(s: Session, state: StateAddr, index: number): number {
  return index < OWN_REFS ? state + STATE_REFS + index * REF_SIZE : s.ops.refAt(state, index);
}

/** The state holds something from now on. Answers its id. */
export function acquire(s: Session, kind: number, id = s.ops.newId(), object = 0): number {
  const { memory } = s;
  const { state } = s.path;
  const index = count(s, state);
  const at = entry(s, state, index);
  memory.setWord(at + REF_KIND, kind);
  memory.setWord(at + REF_ID, id);
  memory.setWord(at + REF_INSN, s.at);
  memory.setWord(at + REF_OBJECT, object);
  memory.setWord(state + STATE_REF_COUNT, index + 1);
  return id;
}

/** The place of a reference in the state's list, -1 when it is not held. */
export function findReference(
  s: Session,
  state: StateAddr,
  kind: number,
  id: number,
  object?: number,
): number {
  const { memory } = s;
  for (let index = 0; index < count(s, state); index++) {
    const at = entry(s, state, index);
    const same = memory.word(at + REF_KIND) === kind && memory.word(at + REF_ID) === id;
    if (same && (object === undefined || memory.word(at + REF_OBJECT) === object)) return index;
  }
  return -1;
}

/** The instruction that acquired what has this id, 0 when nothing has. */
export function insnOfReference(s: Session, id: number): number {
  const { state } = s.path;
  for (let index = 0; index < count(s, state); index++) {
    const at = entry(s, state, index);
    if (s.memory.word(at + REF_ID) === id) return s.memory.word(at + REF_INSN);
  }
  return 0;
}

/** The id of what was acquired last of this kind and is still held, 0 for none. */
export function lastReference(s: Session, kind: number): number {
  const { state } = s.path;
  for (let index = count(s, state) - 1; index >= 0; index--) {
    const at = entry(s, state, index);
    if (s.memory.word(at + REF_KIND) === kind) return s.memory.word(at + REF_ID);
  }
  return 0;
}

/** A lock is held from now on. `owner` says which map or types it is part of, `id` which value. */
export function acquireLock(s: Session, kind: number, id: number, owner: number): void {
  const { memory } = s;
  acquire(s, kind, id, owner);
  memory.setWord(s.path.state + STATE_ACTIVE_LOCKS, memory.word(s.path.state + STATE_ACTIVE_LOCKS) + 1);
}

/** The lock that was taken last of those held. */
export function lastLock(s: Session): { readonly id: number; readonly owner: number } | undefined {
  const { memory } = s;
  for (let index = count(s, s.path.state) - 1; index >= 0; index--) {
    const at = entry(s, s.path.state, index);
    if ((memory.word(at + REF_KIND) & LOCKS) !== 0)
      return { id: memory.word(at + REF_ID), owner: memory.word(at + REF_OBJECT) };
  }
  return undefined;
}

/** Whether the lock of this value or object is held. */
export function holdsThisLock(s: Session, id: number, owner: number): boolean {
  const { state } = s.path;
  return [REF_LOCK, REF_RES_LOCK, REF_RES_LOCK_IRQ].some(
    (kind) => findReference(s, state, kind, id, owner) >= 0,
  );
}

/** Whether any lock is held. */
export function holdsLock(s: Session): boolean {
  return s.memory.word(s.path.state + STATE_ACTIVE_LOCKS) !== 0;
}

/** The lock is held no more. */
export function dropLock(s: Session, kind: number, id: number, owner: number): void {
  const { memory } = s;
  if (!drop(s, s.path.state, kind, id, owner)) return;
  memory.setWord(s.path.state + STATE_ACTIVE_LOCKS, memory.word(s.path.state + STATE_ACTIVE_LOCKS) - 1);
}

/** The state holds it no more; false when it did not. */
export function drop(s: Session, state: StateAddr, kind: number, id: number, object?: number): boolean {
  const index = findReference(s, state, kind, id, object);
  if (index < 0) return false;
  const { memory } = s;
  const last = count(s, state) - 1;
  for (let place = index; place < last; place++) {
    const to = entry(s, state, place);
    const from = entry(s, state, place + 1);
    for (let word = 0; word < REF_SIZE; word += 4) memory.setWord(to + word, memory.word(from + word));
  }
  memory.setWord(state + STATE_REF_COUNT, last);
  return true;
}

/** Releases a reference: nothing that was got through it may be used any more. False when it was not held. */
export function release(s: Session, id: number): boolean {
  const { memory, ops } = s;
  const { state } = s.path;
  if (!drop(s, state, REF_POINTER, id)) return false;
  ops.walkStart(state);
  for (let reg = ops.walkNext(); reg !== 0; reg = ops.walkNext())
    if (memory.refObjId(reg) === id) s.forget(reg);
  return true;
}

/**
 * Nothing is held that would be lost here. @throws {Refusal}
 *
 * @param what for the message: `tail_call`, `BPF_EXIT instruction in main prog`, …
 * @param inCalls whether what was acquired before the call counts too: of a return the caller keeps it.
 */
export function checkNothingHeld(s: Session, what: string, inCalls = false): void {
  const { memory } = s;
  const { state } = s.path;
  if (memory.word(state + STATE_ACTIVE_LOCKS) !== 0)
    refuse(referenceLeak, s.at, { what, lock: true, held: [] });
  if (inCalls || s.depth() === 0) checkNoReferences(s, what);
  for (const [at, section] of SECTIONS)
    if (memory.word(state + at) !== 0) refuse(sectionBalance, s.at, { problem: 'open', what, section });
}

/** What must be ended before the program ends, in the words of the functions that begin it. */
const SECTIONS = [
  [STATE_ACTIVE_IRQ_ID, 'bpf_local_irq_save'],
  [STATE_ACTIVE_RCU, 'bpf_rcu_read_lock'],
  [STATE_ACTIVE_PREEMPT, 'bpf_preempt_disable'],
] as const;

function checkNoReferences(s: Session, what: string): void {
  const { memory } = s;
  const { state } = s.path;
  const held: { id: number; insn: number }[] = [];
  for (let index = 0; index < count(s, state); index++) {
    const at = entry(s, state, index);
    if (memory.word(at + REF_KIND) !== REF_POINTER) continue;
    held.push({ id: memory.word(at + REF_ID), insn: memory.word(at + REF_INSN) });
  }
  if (held.length > 0) refuse(referenceLeak, s.at, { what, lock: false, held });
}
