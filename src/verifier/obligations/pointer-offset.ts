import type { Session } from '../explore/session.js';
import { typeText } from '../log/state-text.js';
import { modifiedPointer } from '../rules/modified-pointer.js';
import { release } from '../rules/release.js';
import { refuse } from '../rules/rule.js';
import type { RegAddr } from '../state/domain.js';
import {
  FLAG_ALLOC,
  FLAG_NON_OWN_REF,
  FLAG_RCU,
  FLAG_RDONLY,
  FLAG_RINGBUF,
  FLAG_TRUSTED,
  TYPE_ARENA,
  TYPE_BTF_ID,
  TYPE_BUF,
  TYPE_MAP_KEY,
  TYPE_MAP_VALUE,
  TYPE_MEM,
  TYPE_PACKET,
  TYPE_PACKET_META,
  TYPE_SCALAR,
  TYPE_STACK,
} from '../state/layout.js';
import { tnumText } from './text.js';

/** Accesses through these are checked by their place: they may be anywhere. */
const ANYWHERE: ReadonlySet<number> = new Set([
  TYPE_STACK,
  TYPE_PACKET,
  TYPE_PACKET_META,
  TYPE_MAP_KEY,
  TYPE_MAP_VALUE,
  TYPE_MEM,
  TYPE_MEM | FLAG_RDONLY,
  TYPE_MEM | FLAG_RINGBUF,
  TYPE_BUF,
  TYPE_BUF | FLAG_RDONLY,
  TYPE_ARENA,
  TYPE_SCALAR,
]);
/** These may point to a member, at a constant offset. */
const AT_MEMBERS: ReadonlySet<number> = new Set([
  TYPE_BTF_ID,
  TYPE_BTF_ID | FLAG_ALLOC,
  TYPE_BTF_ID | FLAG_TRUSTED,
  TYPE_BTF_ID | FLAG_RCU,
  TYPE_BTF_ID | FLAG_ALLOC | FLAG_NON_OWN_REF,
  TYPE_BTF_ID | FLAG_ALLOC | FLAG_NON_OWN_REF | FLAG_RCU,
]);

/**
 * A pointer that is passed to a function of the kernel is where pointers of its type may be.
 *
 * @param releases the function takes back the reference: the pointer must be the very one that was got.
 */
export function checkPointerOffset(s: Session, regno: number, reg: RegAddr, releases: boolean): void {
  const { memory } = s;
  const type = memory.type(reg);
  if (releases) {
    if (memory.off(reg) !== 0) refuse(release, s.at, { problem: 'offset', reg: regno });
    checkUnmodified(s, regno, reg, false);
  } else if (!ANYWHERE.has(type)) checkUnmodified(s, regno, reg, AT_MEMBERS.has(type));
}

/** The pointer is as it was given: no offset, constant (unless it may lead to a member) or variable. */
export function checkUnmodified(s: Session, regno: number, reg: RegAddr, mayBeMember = false): void {
  const { memory } = s;
  const off = memory.off(reg);
  const type = typeText(memory.type(reg));
  if (off < 0) refuse(modifiedPointer, s.at, { kind: 'negative', type, reg: regno, off });
  if (off !== 0 && !mayBeMember) refuse(modifiedPointer, s.at, { kind: 'fixed', type, reg: regno, off });
  if (!memory.isConst(reg) || memory.constLow32(reg) !== 0 || memory.constHigh32(reg) !== 0)
    refuse(modifiedPointer, s.at, { kind: 'variable', type, reg: regno, varOff: tnumText(memory, reg) });
}
