import type { Session } from '../explore/session.js';
import { fieldsOf, lockOwner } from '../kernel-types/object-fields.js';
import { mapField } from '../rules/map-field.js';
import { refuse } from '../rules/rule.js';
import { spinLock } from '../rules/spin-lock.js';
import { FLAG_NON_OWN_REF, TYPE_MAP_VALUE } from '../state/layout.js';
import {
  acquireLock,
  dropLock,
  findReference,
  lastLock,
  REF_LOCK,
  REF_RES_LOCK,
  REF_RES_LOCK_IRQ,
} from '../transfer/references.js';
import { checkMapField, constantOffset } from './map-field.js';

/** A lock as a register names it: which value of which map, or which object. */
interface Lock {
  readonly id: number;
  readonly owner: number;
}
type LockKind = typeof REF_LOCK | typeof REF_RES_LOCK | typeof REF_RES_LOCK_IRQ;

/** The register points to a lock, which is taken or given back. @throws {Refusal} */
export function checkSpinLock(s: Session, regno: number, takes: boolean, kind: LockKind = REF_LOCK): void {
  const words = kind === REF_LOCK ? 'bpf_spin' : 'bpf_res_spin';
  const lock = lockOf(s, regno, `${words}_lock`);
  if (takes) take(s, lock, kind, words);
  else give(s, lock, kind, words);
}

function lockOf(s: Session, regno: number, field: string): Lock {
  const reg = s.reg(regno);
  if (s.memory.baseType(reg) === TYPE_MAP_VALUE) checkMapField(s, regno, field);
  else checkObjectField(s, regno, field);
  return { id: s.memory.id(reg), owner: lockOwner(s, reg) };
}

/** A pointer to an object of the program points to its lock. */
function checkObjectField(s: Session, regno: number, field: string): void {
  const off = constantOffset(s, regno, field);
  const found = fieldsOf(s, s.reg(regno)).find(({ name }) => name === field);
  if (found === undefined) {
    refuse(mapField, s.at, { problem: 'missing', owner: 'kptr', local: true, field });
    return;
  }
  if (found.offset !== off) refuse(mapField, s.at, { problem: 'place', off, at: found.offset, field });
}

function take(s: Session, { id, owner }: Lock, kind: LockKind, lock: string): void {
  const { state } = s.path;
  // While a bpf_spin_lock is held no further lock can be asked for: calls are refused before.
  if ([REF_RES_LOCK, REF_RES_LOCK_IRQ].some((held) => findReference(s, state, held, id, owner) >= 0))
    refuse(spinLock, s.at, { lock, problem: 'same' });
  acquireLock(s, kind, id, owner);
}

function give(s: Session, { id, owner }: Lock, kind: LockKind, lock: string): void {
  const last = lastLock(s);
  if (last === undefined) {
    refuse(spinLock, s.at, { lock, problem: 'not_held' });
    return;
  }
  if (findReference(s, s.path.state, kind, id, owner) < 0)
    refuse(spinLock, s.at, { lock, problem: 'different' });
  if (last.id !== id || last.owner !== owner) refuse(spinLock, s.at, { lock, problem: 'order' });
  dropLock(s, kind, id, owner);
  forgetLent(s);
}

/** What a list or tree has lent while it was locked may be gone. */
function forgetLent(s: Session): void {
  const { memory, ops } = s;
  ops.walkStart(s.path.state);
  for (let reg = ops.walkNext(); reg !== 0; reg = ops.walkNext())
    if (memory.hasFlag(reg, FLAG_NON_OWN_REF)) s.forget(reg);
}

/** The register may point to a value of which one lock is not another's: its id tells them apart. */
export function hasLock(s: Session, reg: number): boolean {
  return fieldsOf(s, reg).some(({ name }) => name === 'bpf_spin_lock' || name === 'bpf_res_spin_lock');
}
