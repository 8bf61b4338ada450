import type { Session } from '../explore/session.js';
import { refuse } from '../rules/rule.js';
import { stackBounds } from '../rules/stack-bounds.js';
import type { FrameAddr, RegAddr } from '../state/domain.js';
import { MAX_VARIABLE_OFFSET } from './memory-region.js';
import { tnumText } from './text.js';

export const MAX_STACK = 512;

/** How the stack is accessed; decides the words of the message. */
export type StackAccess = 'read' | 'write' | 'helper_read' | 'helper_write';
const WORDS = {
  read: ' read from',
  write: ' write to',
  helper_read: ' read from',
  helper_write: ' write to',
} as const satisfies Record<StackAccess, string>;

/** The frame that a stack pointer points into. */
export function frameOfPointer(s: Session, reg: RegAddr): FrameAddr {
  return s.memory.frame(s.path.state, s.memory.frameno(reg));
}

/** The access lies in the 512 bytes below the frame pointer; the frame grows to hold it. */
export function checkStackBounds(
  s: Session,
  regno: number,
  reg: RegAddr,
  off: number,
  size: number,
  access: StackAccess,
): void {
  const { memory } = s;
  const words = WORDS[access];
  let min: number;
  let max: number;
  const constant = memory.isConst(reg);
  if (constant) {
    min = (memory.constNumber(reg) ?? Number.MAX_SAFE_INTEGER) + off;
    max = min + size;
  } else {
    const smin = memory.sminNumber(reg);
    const smax = memory.smaxNumber(reg);
    if (smax >= MAX_VARIABLE_OFFSET || smin <= -MAX_VARIABLE_OFFSET)
      refuse(stackBounds, s.at, { access: words, reg: regno, size, unbounded: true });
    min = smin + off;
    max = smax + off + size;
  }
  const frame = frameOfPointer(s, reg);
  const lowest = isRead(access) && !s.rights.readsUnwrittenStack ? -memory.stackDepth(frame) : -MAX_STACK;
  const outside = min < lowest || min > -1;
  if (outside || max > 0 || size < 0) {
    const errno = outside ? 'EACCES' : size < 0 ? 'EFAULT' : 'EINVAL';
    if (constant) refuse(stackBounds, s.at, { access: words, reg: regno, off: min, size }, errno);
    refuse(stackBounds, s.at, { access: words, reg: regno, off, size, varOff: tnumText(memory, reg) }, errno);
  }
  growStack(s, frame, -min);
}

function isRead(access: StackAccess): boolean {
  return access === 'read' || access === 'helper_read';
}

/** Makes a frame's stack at least so deep, and remembers the depth for its subprogram. */
export function growStack(s: Session, frame: FrameAddr, bytes: number): void {
  s.memory.growStack(frame, bytes);
  const subprogram = s.shape.subprograms[s.memory.subprog(frame)];
  if (subprogram !== undefined && subprogram.stackDepth < bytes) subprogram.stackDepth = bytes;
}
