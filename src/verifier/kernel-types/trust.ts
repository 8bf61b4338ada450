import type { Session } from '../explore/session.js';
import type { RegAddr } from '../state/domain.js';
import {
  FLAG_ALLOC,
  FLAG_NON_OWN_REF,
  FLAG_RCU,
  FLAG_TRUSTED,
  STATE_ACTIVE_LOCKS,
  STATE_ACTIVE_RCU,
  STATE_SLEEPABLE,
  TYPE_BASE_MASK,
} from '../state/layout.js';
import { SOCKET_STRUCTS } from './socket-structs.js';

/** Flags that say that a pointer is valid. All others put it in doubt. */
export const TRUSTED_FLAGS = FLAG_ALLOC | FLAG_TRUSTED | FLAG_NON_OWN_REF;

export function hasUnsafeFlags(type: number): boolean {
  return (type & ~TYPE_BASE_MASK & ~TRUSTED_FLAGS) !== 0;
}

/** The pointer is valid, and will be as long as the program runs or holds it. */
export function isTrusted(s: Session, reg: RegAddr): boolean {
  const { memory } = s;
  if (memory.refObjId(reg) !== 0) return true;
  const type = memory.type(reg);
  if (hasUnsafeFlags(type)) return false;
  return SOCKET_STRUCTS.has(type & TYPE_BASE_MASK) || (type & TRUSTED_FLAGS) !== 0;
}

/** The pointer is valid until the read section ends. */
export function isRcu(s: Session, reg: RegAddr): boolean {
  return s.memory.hasFlag(reg, FLAG_RCU);
}

/** The program may be put to sleep where it does not hold that off itself. */
export function mayBeAsleep(s: Session): boolean {
  return s.program.sleepable === true || s.memory.word(s.path.state + STATE_SLEEPABLE) !== 0;
}

/** What RCU protects stays: in a read section, with a lock held, and in all programs that never sleep. */
export function inReadSection(s: Session): boolean {
  const { memory } = s;
  const { state } = s.path;
  return (
    memory.word(state + STATE_ACTIVE_RCU) !== 0 ||
    memory.word(state + STATE_ACTIVE_LOCKS) !== 0 ||
    !mayBeAsleep(s)
  );
}
