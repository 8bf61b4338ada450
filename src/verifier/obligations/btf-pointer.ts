import { findByName, nameOf, trySizeOf } from '../../btf/index.js';
import { resolve } from '../../btf/resolve.js';
import type { Btf, BtfTypeId } from '../../btf/types.js';
import { WRITABLE_MEMBERS } from '../../hooks/writable-structs.js';
import { isGplCompatible } from '../../object/license.js';
import type { Session } from '../explore/session.js';
import { fieldsOf } from '../kernel-types/object-fields.js';
import { btfOf, kernelBtf, kernelStructId, pointedName } from '../kernel-types/session-types.js';
import { implementedMember, structOpsStoreRefusal } from '../kernel-types/struct-ops.js';
import { inReadSection, isRcu, isTrusted } from '../kernel-types/trust.js';
import { type Found, walkStruct } from '../kernel-types/walk.js';
import { kernelStruct } from '../rules/kernel-struct.js';
import { privileges } from '../rules/privileges.js';
import { refuse } from '../rules/rule.js';
import type { RegAddr } from '../state/domain.js';
import {
  BTF_KERNEL,
  FLAG_ALLOC,
  FLAG_MAYBE_NULL,
  FLAG_PERCPU,
  FLAG_RCU,
  FLAG_RDONLY,
  FLAG_TRUSTED,
  FLAG_UNTRUSTED,
  FLAG_USER,
  TYPE_BTF_ID,
  TYPE_MEM,
} from '../state/layout.js';
import type { Access } from './memory.js';
import { loadUnknown } from './memory.js';
import { tnumText } from './text.js';

type Pointer = Found & { kind: 'pointer' };

const TAGS: Readonly<Record<string, number>> = { user: FLAG_USER, percpu: FLAG_PERCPU, rcu: FLAG_RCU };

function wrong(s: Session, text: string, errno: 'EACCES' | 'EINVAL' | 'EFAULT' = 'EACCES'): never {
  return refuse(kernelStruct, s.at, { text }, errno);
}

/** A load from, or store to, a struct that a BTF pointer leads to. @param off with the pointer's own offset. */
export function accessBtfPointer(s: Session, access: Access, reg: RegAddr, off: number): void {
  const { memory } = s;
  const { regno, size, stored } = access;
  const name = pointedName(s, reg);
  if (!s.rights.seesPointers) refuse(privileges, s.at, { problem: 'struct', struct: name });
  if (memory.btf(reg) === BTF_KERNEL && !isGplCompatible(s.program.license))
    wrong(s, `Cannot access kernel 'struct ${name}' from non-GPL compatible program`, 'EINVAL');
  if (off < 0) wrong(s, `R${regno} is ptr_${name} invalid negative access: off=${off}`);
  if (!memory.isConst(reg) || !memory.isZero(reg))
    wrong(
      s,
      `R${regno} is ptr_${name} invalid variable offset: off=${off}, var_off=${tnumText(memory, reg)}`,
    );
  if (memory.hasFlag(reg, FLAG_USER)) wrong(s, `R${regno} is ptr_${name} access user memory: off=${off}`);
  if (memory.hasFlag(reg, FLAG_PERCPU)) wrong(s, `R${regno} is ptr_${name} access percpu memory: off=${off}`);
  if (stored !== undefined && checkStore(s, access, reg, off)) return;
  const touched = fieldsOf(s, reg).find(
    (field) => off < field.offset + field.size && field.offset < off + size,
  );
  if (touched !== undefined) wrong(s, `direct access to ${touched.name} is disallowed`);
  const btf = btfOf(s, reg);
  const found = walkStruct(btf, memory.aux(reg), off, size, false);
  if (found.kind === 'error') wrong(s, found.message, found.errno);
  if (stored !== undefined || access.into < 0) return;
  loadFound(s, access, found, reg);
}

/**
 * Only objects of the program's own types may be written, and what a hook allows.
 *
 * @returns whether all is checked: of an own object the place is not yet.
 */
function checkStore(s: Session, access: Access, reg: RegAddr, off: number): boolean {
  if (s.memory.hasFlag(reg, FLAG_ALLOC) && !s.memory.hasFlag(reg, FLAG_UNTRUSTED)) return false;
  const message = storeRefusal(s, reg, off, access.size);
  if (message !== undefined) wrong(s, message);
  return true;
}

/** Why a store to a kernel struct is refused; undefined when the hook allows it. */
function storeRefusal(s: Session, reg: RegAddr, off: number, size: number): string | undefined {
  const functions = implementedMember(s)?.rules;
  if (functions !== undefined) return structOpsStoreRefusal(s, functions, pointedName(s, reg), off, size);
  const rows = WRITABLE_MEMBERS.filter(({ programs }) => programs.includes(s.program.hook.name));
  const row = rows.find(({ structs }) => structs.includes(pointedName(s, reg)));
  if (row === undefined) return 'only read is supported';
  const btf = kernelBtf(s);
  const struct = btf.types.at(kernelStructId(s, row.name));
  const member =
    struct?.kind === 'struct' ? struct.members.find(({ name }) => name === row.member) : undefined;
  const start = (member?.bitOffset ?? 0) / 8;
  if (member === undefined || off !== start) return `no write support to ${row.name} at off ${off}`;
  const end = start + (trySizeOf(btf, member.type) ?? 0);
  if (off + size <= end) return undefined;
  return `write access at off ${off} with size ${size} beyond the member of ${row.name} ended at ${end}`;
}

/** What a load yields, with how far it can be trusted by where it was found. */
function loadFound(s: Session, access: Access, found: Exclude<Found, { kind: 'error' }>, reg: RegAddr): void {
  const own = s.memory.hasFlag(reg, FLAG_ALLOC);
  const btf = s.memory.btf(reg);
  if (found.kind === 'pointer' && !own) {
    const flags = trustOf(s, found, reg);
    setPointer(s, access.into, TYPE_BTF_ID | flags, found.type, btf);
  } else if (found.kind === 'plain_pointer') setPlainPointer(s, access.into);
  else loadUnknown(s, access);
}

/** A pointer to something else than a struct: can be read through with care, and leads nowhere. */
export function setPlainPointer(s: Session, into: number): void {
  setPointer(s, into, TYPE_MEM | FLAG_RDONLY | FLAG_UNTRUSTED, 0, BTF_KERNEL);
  s.memory.setMemSize(s.reg(into), 0);
}

/** A register becomes a BTF pointer. */
export function setPointer(s: Session, into: number, type: number, target: BtfTypeId, btf: number): void {
  const { memory, ops } = s;
  const dst = s.reg(into);
  ops.markPointer(dst, type);
  memory.setMap(dst, -1);
  memory.setAux(dst, target);
  memory.setBtf(dst, btf);
  if ((type & FLAG_MAYBE_NULL) !== 0) memory.setId(dst, ops.newId());
}

/** What the place alone says of a pointer: how the kernel marks it, and whether it lies in a union. */
export function tagFlags(found: Pointer): number {
  return (TAGS[found.tag] ?? 0) | (found.inUnion ? FLAG_UNTRUSTED : 0);
}

/**
 * How far a pointer that was read through another one can be trusted (`check_ptr_to_btf_access`): what is read through a
 * pointer in doubt is in doubt; through a valid one only fields that Linux lists are valid.
 */
function trustOf(s: Session, found: Pointer, reg: RegAddr): number {
  const { memory } = s;
  const tag = tagFlags(found);
  if (memory.hasFlag(reg, FLAG_UNTRUSTED)) return FLAG_UNTRUSTED;
  const old = tag & ~FLAG_RCU;
  if (!isTrusted(s, reg) && !isRcu(s, reg)) return old;
  const listed = (suffix: string): boolean => isListed(btfOf(s, reg), memory.aux(reg), found, suffix);
  if (listed('__safe_trusted')) return tag | FLAG_TRUSTED;
  if (listed('__safe_trusted_or_null')) return tag | FLAG_TRUSTED | FLAG_MAYBE_NULL;
  if (!inReadSection(s) || memory.hasFlag(reg, FLAG_MAYBE_NULL)) return FLAG_UNTRUSTED;
  if (listed('__safe_rcu')) return tag | FLAG_RCU;
  const rcuOrNull = listed('__safe_rcu_or_null');
  if ((tag & FLAG_RCU) !== 0 || rcuOrNull)
    return (rcuOrNull ? tag & ~FLAG_UNTRUSTED : tag) | FLAG_RCU | FLAG_MAYBE_NULL;
  if ((tag & (FLAG_PERCPU | FLAG_USER)) !== 0) return tag;
  return old;
}

/** Linux names the fields that stay valid in structs of its own: `task_struct__safe_rcu`. */
function isListed(btf: Btf, outer: BtfTypeId, found: Pointer, suffix: string): boolean {
  const type = btf.types.at(outer);
  if (type?.kind !== 'struct' && type?.kind !== 'union') return false;
  const list = btf.types.at(findByName(btf, `${nameOf(type)}${suffix}`, type.kind) ?? 0);
  if (list?.kind !== type.kind || !('members' in list)) return false;
  return list.members.some((member) => {
    const pointer = btf.types.at(member.type);
    return (
      member.name === found.field && pointer?.kind === 'ptr' && resolve(btf, pointer.type) === found.type
    );
  });
}
