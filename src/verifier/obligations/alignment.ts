import type { Session } from '../explore/session.js';
import { misaligned } from '../rules/misaligned.js';
import { refuse } from '../rules/rule.js';
import type { RegAddr } from '../state/domain.js';
import {
  REG_MASK,
  REG_VALUE,
  TYPE_CTX,
  TYPE_MAP_KEY,
  TYPE_MAP_VALUE,
  TYPE_SOCK_COMMON,
  TYPE_SOCKET,
  TYPE_STACK,
  TYPE_TCP_SOCK,
} from '../state/layout.js';
import { tnumText } from './text.js';

/** Words for what is accessed, in Linux's message. */
const WORDS = new Map<number, string>([
  [TYPE_STACK, 'stack '],
  [TYPE_MAP_VALUE, 'value '],
  [TYPE_CTX, 'context '],
  [TYPE_MAP_KEY, 'key '],
  [TYPE_SOCKET, 'sock '],
  [TYPE_SOCK_COMMON, 'sock_common '],
  [TYPE_TCP_SOCK, 'tcp_sock '],
]);

/** The access is aligned to its size. Asked of the stack and of atomics: x86 lets all others be unaligned. */
export function checkAlignment(s: Session, reg: RegAddr, off: number, size: number): void {
  if (size === 1) return;
  const { memory } = s;
  const low = size - 1;
  const isAligned =
    (memory.word(reg + REG_MASK) & low) === 0 &&
    ((memory.word(reg + REG_VALUE) + memory.off(reg) + off) & low) === 0;
  if (isAligned) return;
  const place = `${tnumText(memory, reg)}+${memory.off(reg)}+${off}`;
  refuse(misaligned, s.at, { what: WORDS.get(memory.baseType(reg)) ?? '', place, size });
}
