import { loadOf, mayStore } from '../../hooks/access.js';
import type { Hook } from '../../hooks/hook.js';
import type { Session } from '../explore/session.js';
import { kernelStructId } from '../kernel-types/session-types.js';
import { ctxAccess } from '../rules/ctx-access.js';
import { refuse } from '../rules/rule.js';
import { unsupported } from '../rules/unsupported.js';
import {
  FLAG_MAYBE_NULL,
  FLAG_RCU,
  FLAG_TRUSTED,
  FLAG_UNTRUSTED,
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
import type { Argument } from './btf-ctx.js';

const NUMBER: Argument = { type: TYPE_SCALAR, struct: 0 };

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

/** What the log calls a pointer to a kernel struct: what is known of it, and the struct's name. */
const STRUCT_POINTER = /^(trusted_|rcu_|untrusted_)?ptr_(or_null_)?(\w+)$/;
const TRUST: Readonly<Record<string, number>> = {
  trusted_: FLAG_TRUSTED,
  rcu_: FLAG_RCU,
  untrusted_: FLAG_UNTRUSTED,
};

/** What a register holds that the log shows with this word, for pointers that contexts and helpers give. */
export function pointerOf(s: Session, word: string): Argument | undefined {
  const [, trust = '', orNull, name = ''] = STRUCT_POINTER.exec(word) ?? [];
  if (name === '') {
    const type = POINTER_TYPES[word];
    return type === undefined ? undefined : { type, struct: 0 };
  }
  const flags = (TRUST[trust] ?? 0) | (orNull === undefined ? 0 : FLAG_MAYBE_NULL);
  return { type: TYPE_BTF_ID | flags, struct: kernelStructId(s, name) };
}

/** A load or store of the context; `signed` when what is loaded is sign-extended. */
export interface CtxAccess {
  readonly size: number;
  readonly write: boolean;
  readonly signed: boolean;
}

/**
 * The hook lets programs access these bytes of the context so.
 *
 * @returns what a read yields.
 */
export function checkCtxAccess(s: Session, off: number, access: CtxAccess): Argument {
  const { size, write } = access;
  const struct = s.view.access;
  if (struct === undefined)
    return refuse(unsupported, s.at, { what: `the context of ${s.program.hook.name} programs` });
  if (!s.rights.bpf && isForBpf(s.program.hook, off, write)) refuse(ctxAccess, s.at, { off, size });
  if (write) {
    if (!mayStore(struct, off, size)) refuse(ctxAccess, s.at, { off, size });
    return NUMBER;
  }
  const loaded = loadOf(struct, off, size);
  if (loaded === undefined) return refuse(ctxAccess, s.at, { off, size });
  if (loaded === 'scalar') return NUMBER;
  // A pointer that is sign-extended is none.
  if (access.signed) refuse(ctxAccess, s.at, { off, size });
  return pointerOf(s, loaded) ?? refuse(unsupported, s.at, { what: `a pointer of type ${loaded}` });
}

/** The field is for those with CAP_BPF. */
function isForBpf({ ctx, bpfFields }: Hook, off: number, write: boolean): boolean {
  if (bpfFields === undefined || typeof ctx.fields === 'string') return false;
  const field = ctx.fields.find(({ offset, size }) => off >= offset && off < offset + size);
  return field !== undefined && bpfFields[write ? 'write' : 'read'].includes(field.name);
}
