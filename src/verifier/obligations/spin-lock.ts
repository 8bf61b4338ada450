import type { Session } from '../explore/session.js';
import { refuse } from '../rules/rule.js';
import { spinLock } from '../rules/spin-lock.js';
import { TYPE_MAP_VALUE } from '../state/layout.js';
import {
  acquireLock,
  dropLock,
  findReference,
  lastLock,
  REF_LOCK,
  REF_RES_LOCK,
  REF_RES_LOCK_IRQ,
} from '../transfer/references.js';
import { checkMapField, fieldOf } from './map-field.js';

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
  checkMapField(s, regno, field);
  const reg = s.reg(regno);
  return { id: s.memory.id(reg), owner: s.memory.map(reg) };
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
}

/** The register may point to a value of which one lock is not another's: its id tells them apart. */
export function hasLock(s: Session, reg: number): boolean {
  if (s.memory.baseType(reg) !== TYPE_MAP_VALUE) return false;
  const map = s.maps[s.memory.map(reg)];
  return fieldOf(map, 'bpf_spin_lock') !== undefined || fieldOf(map, 'bpf_res_spin_lock') !== undefined;
}
