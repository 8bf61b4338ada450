import { BRANCH_OPS } from '../../isa/index.js';
import type { MapFacts } from '../../maps/map-type.js';
import type { SpecialField } from '../../maps/special-fields.js';
import type { Session } from '../explore/session.js';
import { typeText } from '../log/state-text.js';
import { invalidMemAccess } from '../rules/invalid-mem-access.js';
import { mapAccess } from '../rules/map-access.js';
import { pointerLeak } from '../rules/pointer-leak.js';
import { readOnly } from '../rules/read-only.js';
import { refuse } from '../rules/rule.js';
import { specialField } from '../rules/special-field.js';
import { structAccess } from '../rules/struct-access.js';
import { unsupported } from '../rules/unsupported.js';
import type { RegAddr } from '../state/domain.js';
import {
  BTF_KERNEL,
  FLAG_MAYBE_NULL,
  FLAG_RDONLY,
  FLAG_UNTRUSTED,
  TYPE_ARENA,
  TYPE_BASE_MASK,
  TYPE_BTF_ID,
  TYPE_BUF,
  TYPE_CONST_MAP,
  TYPE_CTX,
  TYPE_DYNPTR,
  TYPE_FUNC,
  TYPE_MAP_KEY,
  TYPE_MAP_VALUE,
  TYPE_MEM,
  TYPE_PACKET,
  TYPE_PACKET_END,
  TYPE_PACKET_META,
  TYPE_SCALAR,
  TYPE_STACK,
} from '../state/layout.js';
import { loadFromStack } from '../transfer/stack-load.js';
import { storeToStack } from '../transfer/stack-store.js';
import { checkAlignment } from './alignment.js';
import { type Argument, checkArgumentAccess, hasBtfArguments } from './btf-ctx.js';
import { accessBtfPointer, setPointer } from './btf-pointer.js';
import { checkCtxAccess } from './ctx.js';
import { accessKptr, checkKptrPlace, kptrAt } from './kptr.js';
import { accessMapStruct } from './map-struct.js';
import { checkPacket, checkRegion } from './memory-region.js';
import { checkUnmodified } from './pointer-offset.js';
import { checkStackBounds } from './stack-bounds.js';
import { accessStruct, isStructPointer } from './struct-pointer.js';
import { tnumText } from './text.js';

const AT_LEAST = BRANCH_OPS.find(({ name }) => name === 'jsge')?.code as number;
const AT_MOST = BRANCH_OPS.find(({ name }) => name === 'jsle')?.code as number;

/** BPF_F_RDONLY_PROG and BPF_F_WRONLY_PROG: how programs may use a map's values. */
const MAP_READ_ONLY = 0x80;
const MAP_WRITE_ONLY = 0x100;

/** What is stored: a register, a constant, or something that is not known. */
export type Stored =
  | { readonly kind: 'reg'; readonly reg: number }
  | { readonly kind: 'imm'; readonly imm: number }
  | { readonly kind: 'unknown' };

/** One load or store through a register. */
export interface Access {
  readonly regno: number;
  readonly off: number;
  readonly size: number;
  /** Present for stores. */
  readonly stored?: Stored | undefined;
  /** For loads: the register that gets the value, -1 when none does. */
  readonly into: number;
  readonly signed: boolean;
  /** Must be aligned whatever it accesses: atomics. */
  readonly strict?: boolean;
  /** A helper's doing, not the instruction's own. */
  readonly byHelper?: boolean;
}

/** Checks a memory access by what its base register points to, and does what it does to the state. */
export function accessMemory(s: Session, access: Access): void {
  const { memory } = s;
  const reg = s.reg(access.regno);
  const type = memory.type(reg);
  if (type === TYPE_STACK || (access.strict === true && type !== TYPE_ARENA))
    checkAlignment(s, reg, access.off, access.size);
  const off = access.off + memory.off(reg);
  switch (type) {
    case TYPE_MAP_VALUE:
      accessMapValue(s, access, reg, off);
      return;
    case TYPE_CTX:
      accessCtx(s, access, reg);
      return;
    case TYPE_STACK:
      accessStack(s, access, reg, off);
      return;
    case TYPE_PACKET:
    case TYPE_PACKET_META:
      accessPacket(s, access, reg, off);
      return;
    case TYPE_CONST_MAP:
      accessMapStruct(s, access, reg, off);
      return;
  }
  if ((type & TYPE_BASE_MASK) === TYPE_MEM) {
    accessMem(s, access, reg, off);
    return;
  }
  if ((type & FLAG_MAYBE_NULL) !== 0)
    refuse(invalidMemAccess, s.at, { reg: access.regno, type: typeText(type) });
  if ((type & TYPE_BASE_MASK) === TYPE_BTF_ID) {
    accessBtfPointer(s, access, reg, off);
    return;
  }
  if ((type & TYPE_BASE_MASK) === TYPE_BUF) {
    accessBuffer(s, access, reg, off);
    return;
  }
  if (isStructPointer(type)) {
    accessStruct(s, access, reg, off);
    return;
  }
  if (type === TYPE_ARENA) {
    loadUnknown(s, access);
    return;
  }
  if (type === TYPE_MAP_KEY) {
    accessMapKey(s, access, reg, off);
    return;
  }
  if (isUnknown(type)) refuse(unsupported, s.at, { what: `access through ${typeText(type)}` });
  refuse(invalidMemAccess, s.at, { reg: access.regno, type: typeText(type) });
}

/** Memory whose size is known when the program is attached. */
function accessBuffer(s: Session, access: Access, reg: RegAddr, off: number): void {
  const { memory } = s;
  const { regno, size, stored } = access;
  const type = memory.type(reg);
  const readOnlyBuffer = (type & FLAG_RDONLY) !== 0;
  if (stored !== undefined && readOnlyBuffer) refuse(readOnly, s.at, { text: typeText(type), reg: regno });
  const name = readOnlyBuffer ? 'rdonly' : 'rdwr';
  if (off < 0) refuse(structAccess, s.at, { reg: regno, type: name, off, size, buffer: true });
  if (!memory.isConst(reg) || !memory.isZero(reg))
    refuse(structAccess, s.at, { reg: regno, type: name, off, size, varOff: tnumText(memory, reg) });
  loadUnknown(s, access);
}

/** A key in Linux's messages. */
export const MAP_KEY_WORDS = { name: 'map key', size: 'key_size' } as const;

/** What only BTF leads to. */
function isUnknown(type: number): boolean {
  const base = type & TYPE_BASE_MASK;
  return base > TYPE_PACKET_END && base !== TYPE_FUNC && base !== TYPE_DYNPTR;
}

/** Keys are looked at in callbacks only, never changed. */
function accessMapKey(s: Session, access: Access, reg: RegAddr, off: number): void {
  if (access.stored !== undefined)
    refuse(readOnly, s.at, { text: 'map key', reg: access.regno, changes: true });
  checkRegion(s, access.regno, reg, off, access.size, mapOf(s, reg).keySize, false, MAP_KEY_WORDS);
  loadUnknown(s, access);
}

/** What was loaded is some number. */
export function loadUnknown(s: Session, access: Access): void {
  if (access.stored !== undefined || access.into < 0) return;
  const dst = s.reg(access.into);
  s.ops.markUnknown(dst);
  fitLoaded(s, dst, access);
}

/** A load of fewer than 8 bytes is extended. */
export function fitLoaded(s: Session, dst: RegAddr, access: Pick<Access, 'size' | 'signed'>): void {
  if (access.size === 8 || !s.memory.isScalar(dst)) return;
  if (access.signed) s.ops.signExtend64(dst, access.size);
  else s.ops.truncateTo(dst, access.size);
}

/** The map that a register's type speaks of. */
export function mapOf(s: Session, reg: RegAddr): MapFacts {
  return s.maps[s.memory.map(reg)] as MapFacts;
}

/** Programs may use the map's values so. */
export function checkMapAccess(s: Session, regno: number, off: number, size: number, write: boolean): void {
  const reg = s.reg(regno);
  const map = mapOf(s, reg);
  if ((map.flags & (write ? MAP_READ_ONLY : MAP_WRITE_ONLY)) === 0) return;
  refuse(mapAccess, s.at, { write, valueSize: map.valueSize, off, size });
}

export function checkMapValue(
  s: Session,
  regno: number,
  off: number,
  size: number,
  zeroSizeAllowed: boolean,
  byHelper: boolean,
): void {
  const reg = s.reg(regno);
  const { valueSize, types } = mapOf(s, reg);
  checkRegion(s, regno, reg, off, size, valueSize, zeroSizeAllowed, {
    name: 'map value',
    size: 'value_size',
  });
  if (types !== undefined) checkSpecial(s, types.special, reg, off, size, byHelper);
}

/** No part of what belongs to the kernel can be touched. */
function checkSpecial(
  s: Session,
  special: readonly SpecialField[],
  reg: RegAddr,
  off: number,
  size: number,
  byHelper: boolean,
): void {
  const low = s.memory.sminNumber(reg) + off;
  const high = s.memory.umaxNumber(reg) + off + size;
  for (const field of special) {
    if (low >= field.offset + field.size || field.offset >= high) continue;
    if (field.pointer === undefined) refuse(specialField, s.at, { name: field.name });
    checkKptrPlace(s, field, reg, off, size, byHelper);
  }
}

/** What is stored where others can read it is no address. */
export function checkNoLeak(
  s: Session,
  { stored }: Access,
  into: 'map' | 'mem' | 'ctx' | 'packet' | 'flow keys',
): void {
  if (s.rights.seesPointers || stored?.kind !== 'reg') return;
  if (!s.memory.isScalar(s.reg(stored.reg)))
    refuse(pointerLeak, s.at, { problem: 'store', reg: stored.reg, into });
}

function accessMapValue(s: Session, access: Access, reg: RegAddr, off: number): void {
  const { size } = access;
  checkNoLeak(s, access, 'map');
  checkMapAccess(s, access.regno, off, size, access.stored !== undefined);
  checkMapValue(s, access.regno, off, size, false, access.byHelper === true);
  const map = mapOf(s, reg);
  const pointer = map.types === undefined ? undefined : kptrAt(s, map.types.special, reg, off);
  if (pointer !== undefined) {
    accessKptr(s, access, reg, pointer);
    return;
  }
  if (access.stored !== undefined || access.into < 0) return;
  const at = s.memory.constNumber(reg);
  const isConstant = map.frozen && (map.flags & MAP_READ_ONLY) !== 0 && map.contents !== undefined;
  if (!isConstant || at === undefined || !map.type.directValue) {
    loadUnknown(s, access);
    return;
  }
  const value = readValue(map.contents as Uint8Array, off + at, size, access.signed);
  s.ops.markKnown(s.reg(access.into), value);
}

function readValue(bytes: Uint8Array, at: number, size: number, signed: boolean): bigint {
  let value = 0n;
  for (let index = size - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[at + index] ?? 0);
  return BigInt.asUintN(64, signed ? BigInt.asIntN(size * 8, value) : value);
}

function accessCtx(s: Session, access: Access, reg: RegAddr): void {
  checkNoLeak(s, access, 'ctx');
  checkUnmodified(s, access.regno, reg);
  const off = access.off + s.memory.off(reg);
  if (hasBtfArguments(s)) {
    accessArguments(s, access, off);
    return;
  }
  const yields = checkCtxAccess(s, off, {
    size: access.size,
    write: access.stored !== undefined,
    signed: access.signed,
  });
  loadArgument(s, access, yields);
}

/** What the context held becomes a number or a pointer. */
function loadArgument(s: Session, access: Access, { type, struct, range }: Argument): void {
  if (access.stored !== undefined || access.into < 0) return;
  if (type === TYPE_SCALAR) loadUnknown(s, access);
  if (range !== undefined) {
    s.ops.refineImm(AT_LEAST, 64, 1, s.reg(access.into), range.min);
    s.ops.refineImm(AT_MOST, 64, 1, s.reg(access.into), range.max);
  }
  if (type !== TYPE_SCALAR) setPointer(s, access.into, type, struct, BTF_KERNEL);
}

/** The context of a BTF-typed hook is the arguments of a kernel function. */
function accessArguments(s: Session, access: Access, off: number): void {
  loadArgument(s, access, checkArgumentAccess(s, off, access.size, access.stored !== undefined));
}

function accessStack(s: Session, access: Access, reg: RegAddr, off: number): void {
  checkStackBounds(s, access.regno, reg, off, access.size, access.stored === undefined ? 'read' : 'write');
  if (access.stored === undefined) loadFromStack(s, reg, off, access);
  else storeToStack(s, reg, off, access.size, access.stored);
}

function accessPacket(s: Session, access: Access, reg: RegAddr, off: number): void {
  if (access.stored !== undefined && s.program.hook.packet !== 'write')
    refuse(readOnly, s.at, { text: 'packet' });
  checkNoLeak(s, access, 'packet');
  checkPacket(s, access.regno, reg, off, access.size, false);
  loadUnknown(s, access);
}

function accessMem(s: Session, access: Access, reg: RegAddr, off: number): void {
  const type = s.memory.type(reg);
  const text = typeText(type);
  if ((type & FLAG_MAYBE_NULL) !== 0) refuse(invalidMemAccess, s.at, { reg: access.regno, type: text });
  if (access.stored !== undefined && (type & FLAG_RDONLY) !== 0)
    refuse(readOnly, s.at, { text, reg: access.regno });
  checkNoLeak(s, access, 'mem');
  // What is read with care at run time may be anywhere.
  const withCare = (type & FLAG_RDONLY) !== 0 && (type & FLAG_UNTRUSTED) !== 0;
  if (!withCare)
    checkRegion(s, access.regno, reg, off, access.size, s.memory.memSize(reg), false, {
      name: 'memory',
      size: 'mem_size',
    });
  loadUnknown(s, access);
}
