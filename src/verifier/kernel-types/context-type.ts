import { findByName, nameOf, resolve, skipModifiers } from '../../btf/index.js';
import type { Btf, BtfTypeId } from '../../btf/types.js';
import type { Session } from '../explore/session.js';
import { kernelBtf } from './session-types.js';

/** Kernel structs that programs see under another name. */
const PROJECTIONS: Readonly<Record<string, string>> = { __sk_buff: 'sk_buff', xdp_md: 'xdp_buff' };

/** Whether a type of programs is the kernel's type of the other name. */
export function isProjection(uapi: string, kernel: string): boolean {
  return PROJECTIONS[uapi] === kernel;
}

/** Whether a pointer type of the kernel's BTF is the context of programs of this type. */
export function isContextType(s: Session, btf: Btf, id: BtfTypeId): boolean {
  const pointer = btf.types.at(resolve(btf, id));
  if (pointer?.kind !== 'ptr') return false;
  const { struct } = s.program.hook.ctx;
  // Of a typedef Linux compares the name as well: bpf_user_pt_regs_t.
  const typedef = btf.types.at(skipModifiers(btf, pointer.type));
  if (typedef?.kind === 'typedef' && typedef.name === struct) return true;
  const type = btf.types.at(resolve(btf, pointer.type));
  if (type?.kind !== 'struct' || type.name === '') return false;
  return type.name === struct || isProjection(struct, type.name);
}

/** The kernel's own struct behind the context of programs of this type: 0 when there is none. */
export function kernelContextId(s: Session): BtfTypeId {
  const btf = kernelBtf(s);
  const pairs = btf.types.at(findByName(btf, 'bpf_ctx_convert', 'struct') ?? 0);
  if (pairs?.kind !== 'struct') return 0;
  const wanted = `BPF_PROG_TYPE_${s.program.hook.name.toUpperCase()}_kern`;
  const member = pairs.members.find(({ name }) => name === wanted);
  return member === undefined || nameOf(btf.types.at(member.type) ?? { kind: 'void' }) === ''
    ? 0
    : resolve(btf, member.type);
}
