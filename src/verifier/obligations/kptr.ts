import { trySizeOf } from '../../btf/index.js';
import type { SpecialField } from '../../maps/special-fields.js';
import type { Session } from '../explore/session.js';
import { isGraphNode, isRcuSafe, type KptrField, type KptrTarget, kptrTarget } from '../kernel-types/kptr.js';
import { structMatches } from '../kernel-types/match.js';
import { fieldsOf } from '../kernel-types/object-fields.js';
import { btfOf, kernelBtf, pointedName } from '../kernel-types/session-types.js';
import { inReadSection } from '../kernel-types/trust.js';
import { typeText } from '../log/state-text.js';
import { markPrecise } from '../prune/precision.js';
import { kptr } from '../rules/kptr.js';
import { refuse } from '../rules/rule.js';
import type { RegAddr } from '../state/domain.js';
import {
  BTF_KERNEL,
  BTF_PROGRAM,
  FLAG_ALLOC,
  FLAG_MAYBE_NULL,
  FLAG_NON_OWN_REF,
  FLAG_PERCPU,
  FLAG_RCU,
  FLAG_TRUSTED,
  FLAG_UNTRUSTED,
  TYPE_BASE_MASK,
  TYPE_BTF_ID,
  TYPE_MAP_VALUE,
  TYPE_MEM,
} from '../state/layout.js';
import { setPointer } from './btf-pointer.js';
import { type Access, mapOf } from './memory.js';
import { checkUnmodified } from './pointer-offset.js';

const POINTER_BYTES = 8;

/** The pointer that an access of a map's value touches is touched as a whole, by the program itself. */
export function checkKptrPlace(
  s: Session,
  { name: field, offset }: SpecialField,
  reg: RegAddr,
  off: number,
  size: number,
  byHelper: boolean,
): void {
  if (byHelper) refuse(kptr, s.at, { problem: 'by_helper', field });
  const variable = s.memory.constNumber(reg);
  if (variable === undefined) {
    refuse(kptr, s.at, { problem: 'variable', field });
    return;
  }
  if (off + variable !== offset)
    refuse(kptr, s.at, { problem: 'misaligned', field, at: offset, off: off + variable });
  if (size !== POINTER_BYTES) refuse(kptr, s.at, { problem: 'size', field });
}

/** The pointer field that an access of a map's value is one of; undefined for plain bytes. @param off with the register's own. */
export function kptrAt(
  s: Session,
  fields: readonly SpecialField[],
  reg: RegAddr,
  off: number,
): KptrField | undefined {
  if (fields.length === 0) return undefined;
  const variable = s.memory.constNumber(reg);
  if (variable === undefined) return undefined;
  return fields.find(
    (field): field is KptrField => field.pointer !== undefined && field.offset === off + variable,
  );
}

/** A load or store of a pointer in a map's value. */
export function accessKptr(s: Session, access: Access, reg: RegAddr, field: KptrField): void {
  const { stored } = access;
  if (access.strict === true) refuse(kptr, s.at, { problem: 'mode' });
  const { kind } = field.pointer;
  if (stored !== undefined) {
    if (kind === 'ref' || kind === 'percpu') refuse(kptr, s.at, { problem: 'store_owned' });
    if (kind === 'uptr') refuse(kptr, s.at, { problem: 'store_uptr' });
    storeKptr(s, stored, reg, field);
    return;
  }
  if (access.into < 0) return;
  if (kind === 'uptr') {
    loadUserPointer(s, access.into, reg, field);
    return;
  }
  const target = targetOf(s, reg, field);
  setPointer(s, access.into, TYPE_BTF_ID | loadedFlags(s, field, target), target.id, target.btf);
}

function storeKptr(s: Session, stored: NonNullable<Access['stored']>, reg: RegAddr, field: KptrField): void {
  if (stored.kind === 'imm') {
    if (stored.imm !== 0) refuse(kptr, s.at, { problem: 'immediate', at: field.offset });
    return;
  }
  if (stored.kind !== 'reg') return;
  const value = s.reg(stored.reg);
  if (s.memory.isScalar(value) && s.memory.isZero(value)) {
    markPrecise(s, stored.reg);
    return;
  }
  checkKptrType(s, stored.reg, field, targetOf(s, reg, field));
}

/** What user space has lent: as many bytes as the type has. */
function loadUserPointer(s: Session, into: number, reg: RegAddr, { pointer }: KptrField): void {
  const { btf } = mapOf(s, reg).types as { btf: Parameters<typeof trySizeOf>[0] };
  setPointer(s, into, TYPE_MEM | FLAG_MAYBE_NULL, 0, BTF_KERNEL);
  s.memory.setMemSize(s.reg(into), trySizeOf(btf, pointer.target) ?? 0);
}

/** What the pointer at this place leads to. */
function targetOf(s: Session, reg: RegAddr, field: KptrField): KptrTarget {
  const inMap = s.memory.baseType(reg) === TYPE_MAP_VALUE;
  const owner = inMap ? mapOf(s, reg).types?.btf : s.program.btf;
  return kptrTarget(s, owner ?? kernelBtf(s), field);
}

/** How far a pointer that was loaded can be trusted: only what RCU protects, and as long as it does. */
function loadedFlags(s: Session, field: KptrField, target: KptrTarget): number {
  if (!isRcuSafe(field, target) || !inReadSection(s)) return FLAG_MAYBE_NULL | FLAG_UNTRUSTED;
  const lent = isGraphNode(s, target) ? FLAG_NON_OWN_REF : 0;
  return FLAG_MAYBE_NULL | FLAG_RCU | lent | heldFlags(field, target, FLAG_PERCPU);
}

/** What tells objects of the program and per-CPU ones from others. */
function heldFlags({ pointer }: KptrField, { btf }: KptrTarget, percpu: number): number {
  if (pointer.kind === 'percpu') return percpu;
  return btf === BTF_PROGRAM ? FLAG_ALLOC : 0;
}

/** A register may go into a pointer field: its type, and where it points to. @throws {Refusal} */
export function checkKptrType(s: Session, regno: number, field: KptrField, target: KptrTarget): void {
  const { memory } = s;
  const reg = s.reg(regno);
  const type = memory.type(reg);
  const unowned = field.pointer.kind === 'unref';
  const wrong = (name: string, note = ''): never =>
    refuse(
      kptr,
      s.at,
      { problem: 'type', note, reg: regno, has: `${typeText(type)}${name}`, needs: target.name, unowned },
      'EINVAL',
    );
  if ((type & TYPE_BASE_MASK) !== TYPE_BTF_ID) wrong('');
  const isPerCpu = field.pointer.kind === 'percpu';
  const allowed =
    memory.btf(reg) === BTF_KERNEL
      ? FLAG_MAYBE_NULL | FLAG_TRUSTED | FLAG_RCU | (unowned ? FLAG_UNTRUSTED : 0)
      : FLAG_MAYBE_NULL | FLAG_ALLOC | (isPerCpu ? FLAG_PERCPU : 0);
  if ((type & ~TYPE_BASE_MASK & ~allowed) !== 0 || isPerCpu !== ((type & FLAG_PERCPU) !== 0)) wrong('');
  checkUnmodified(s, regno, reg, true);
  const needed = { btf: target.btf === BTF_KERNEL ? kernelBtf(s) : btfOfProgram(s), id: target.id };
  const found = structMatches(btfOf(s, reg), memory.aux(reg), memory.off(reg), needed, !unowned);
  if (!found.matches) wrong(pointedName(s, reg), found.note);
}

function btfOfProgram(s: Session): ReturnType<typeof kernelBtf> {
  return s.program.btf ?? kernelBtf(s);
}

/** The pointer field that a register points to, where bpf_kptr_xchg takes it. */
export interface Exchanged {
  readonly field: KptrField;
  readonly target: KptrTarget;
}

/** The register points to a pointer that owns its object. @throws {Refusal} */
export function checkExchanged(s: Session, regno: number): Exchanged {
  const { memory } = s;
  const reg = s.reg(regno);
  if (memory.baseType(reg) === TYPE_MAP_VALUE && mapOf(s, reg).types === undefined)
    refuse(kptr, s.at, { problem: 'no_types', map: mapOf(s, reg).name }, 'EINVAL');
  const variable = memory.constNumber(reg);
  if (variable === undefined) refuse(kptr, s.at, { problem: 'unknown_place', reg: regno }, 'EINVAL');
  const isKptr = ({ pointer }: SpecialField): boolean => pointer !== undefined && pointer.kind !== 'uptr';
  const fields = fieldsOf(s, reg).filter(isKptr);
  if (fields.length === 0) refuse(kptr, s.at, { problem: 'no_kptr', reg: regno }, 'EINVAL');
  const off = memory.off(reg) + (variable ?? 0);
  const field = fields.find(({ offset }) => offset === off) as KptrField | undefined;
  if (field === undefined) return refuse(kptr, s.at, { problem: 'place', off });
  if (field.pointer.kind === 'unref') refuse(kptr, s.at, { problem: 'unowned', off });
  return { field, target: targetOf(s, reg, field) };
}

/** r0 is what was in the field before. */
export function setExchanged(s: Session, { field, target }: Exchanged): void {
  const alloc = target.btf === BTF_PROGRAM ? FLAG_ALLOC : 0;
  const held = alloc === 0 ? 0 : heldFlags(field, target, alloc | FLAG_PERCPU);
  setPointer(s, 0, TYPE_BTF_ID | FLAG_MAYBE_NULL | held, target.id, target.btf);
}

/**
 * What is put into a field belongs to it from now on. Where a read section keeps it alive, per-CPU objects can still be
 * looked at.
 */
export function handOverExchanged(s: Session, id: number): void {
  const { memory, ops } = s;
  const isProtected = inReadSection(s);
  ops.walkStart(s.path.state);
  for (let reg = ops.walkNext(); reg !== 0; reg = ops.walkNext()) {
    if (memory.refObjId(reg) !== id) continue;
    if (isProtected && memory.hasFlag(reg, FLAG_ALLOC) && memory.hasFlag(reg, FLAG_PERCPU)) {
      memory.setRefObjId(reg, 0);
      memory.setType(reg, (memory.type(reg) & ~FLAG_ALLOC) | FLAG_RCU);
    } else ops.markUnknown(reg);
  }
}
