import { loadOf, mayStore } from '../../hooks/access.js';
import type { Session } from '../explore/session.js';
import { ctxAccess } from '../rules/ctx-access.js';
import { refuse } from '../rules/rule.js';
import { unsupported } from '../rules/unsupported.js';
import {
  FLAG_MAYBE_NULL,
  FLAG_TRUSTED,
  TYPE_BTF_ID,
  TYPE_FLOW_KEYS,
  TYPE_PACKET,
  TYPE_PACKET_END,
  TYPE_PACKET_META,
  TYPE_SCALAR,
  TYPE_SOCK_COMMON,
  TYPE_SOCKET,
  TYPE_TCP_SOCK,
  TYPE_TP_BUFFER,
} from '../state/layout.js';

/** Types of register by the words of the log, for the pointers that structs hold. */
const POINTER_TYPES: Readonly<Record<string, number>> = {
  pkt: TYPE_PACKET,
  pkt_end: TYPE_PACKET_END,
  pkt_meta: TYPE_PACKET_META,
  sock: TYPE_SOCKET,
  sock_or_null: TYPE_SOCKET | FLAG_MAYBE_NULL,
  tcp_sock: TYPE_TCP_SOCK,
  tcp_sock_or_null: TYPE_TCP_SOCK | FLAG_MAYBE_NULL,
  sock_common: TYPE_SOCK_COMMON,
  sock_common_or_null: TYPE_SOCK_COMMON | FLAG_MAYBE_NULL,
  flow_keys: TYPE_FLOW_KEYS,
  tp_buffer: TYPE_TP_BUFFER,
};

/** The type of a register that the log shows with this word, for pointers that contexts and helpers give. */
export function pointerType(word: string): number | undefined {
  // Which kernel struct it is does not matter yet: accesses through it are refused.
  if (word.startsWith('trusted_ptr_')) return TYPE_BTF_ID | FLAG_TRUSTED;
  if (word.startsWith('ptr_or_null_')) return TYPE_BTF_ID | FLAG_MAYBE_NULL;
  if (word.startsWith('ptr_')) return TYPE_BTF_ID;
  return POINTER_TYPES[word];
}

/**
 * The hook lets programs access these bytes of the context so.
 *
 * @returns the type of the value that a read yields.
 */
export function checkCtxAccess(s: Session, off: number, size: number, write: boolean): number {
  const { access } = s.view;
  if (access === undefined)
    return refuse(unsupported, s.at, { what: `the context of ${s.program.hook.name} programs` });
  if (write) {
    if (!mayStore(access, off, size)) refuse(ctxAccess, s.at, { off, size });
    return TYPE_SCALAR;
  }
  const loaded = loadOf(access, off, size);
  if (loaded === undefined) return refuse(ctxAccess, s.at, { off, size });
  if (loaded === 'scalar') return TYPE_SCALAR;
  return pointerType(loaded) ?? refuse(unsupported, s.at, { what: `a pointer of type ${loaded}` });
}
