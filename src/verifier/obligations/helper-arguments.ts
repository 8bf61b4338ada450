import type { Helper, HelperArg } from '../../helpers/helper.js';
import type { MapFacts } from '../../maps/map-type.js';
import type { Session } from '../explore/session.js';
import { inComparison } from '../kfunc/graph.js';
import { typeText } from '../log/state-text.js';
import { markPrecise, markSlotPrecise } from '../prune/precision.js';
import { helperArgumentType } from '../rules/helper-argument-type.js';
import { helperMemory } from '../rules/helper-memory.js';
import { helperSize } from '../rules/helper-size.js';
import { mapKey } from '../rules/map-key.js';
import { pointerLeak } from '../rules/pointer-leak.js';
import { readOnly } from '../rules/read-only.js';
import { release } from '../rules/release.js';
import { refuse } from '../rules/rule.js';
import { spinLock } from '../rules/spin-lock.js';
import { stackObject } from '../rules/stack-object.js';
import { timer } from '../rules/timer.js';
import { unsupported } from '../rules/unsupported.js';
import type { FrameAddr, RegAddr } from '../state/domain.js';
import {
  FLAG_ALLOC,
  FLAG_DYNPTR_SLICE,
  FLAG_MAYBE_NULL,
  FLAG_NON_OWN_REF,
  FLAG_PACKET_SLICE,
  FLAG_PERCPU,
  FLAG_RCU,
  FLAG_RDONLY,
  FLAG_RINGBUF,
  FLAG_TRUSTED,
  SLOT_BYTES,
  SLOT_DYNPTR,
  SLOT_SPILL,
  SLOT_ZERO,
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
  TYPE_PACKET_META,
  TYPE_SCALAR,
  TYPE_SOCK_COMMON,
  TYPE_SOCKET,
  TYPE_STACK,
  TYPE_TCP_SOCK,
  TYPE_XDP_SOCK,
} from '../state/layout.js';
import { checkConstantPlace, readRange } from '../transfer/stack-load.js';
import { checkAlignment } from './alignment.js';
import { checkConstantString } from './constant-string.js';
import { checkDynptr, checkOwned, type DynptrFacts } from './dynptr.js';
import { checkStruct, pointerTypes } from './helper-struct.js';
import { checkExchanged, checkKptrType, type Exchanged } from './kptr.js';
import { checkMapField } from './map-field.js';
import { type Access, accessMemory, checkMapAccess, checkMapValue, MAP_KEY_WORDS, mapOf } from './memory.js';
import { checkPacket, checkRegion, MAX_VARIABLE_OFFSET } from './memory-region.js';
import { checkPointerOffset } from './pointer-offset.js';
import { checkSpinLock } from './spin-lock.js';
import { checkStackBounds, frameOfPointer } from './stack-bounds.js';
import { tnumText } from './text.js';

/** What the arguments of one call have told so far. */
export interface CallFacts {
  readonly helper: Helper;
  /** What programs of this type pass to it. */
  readonly args: readonly HelperArg[];
  map: MapFacts | undefined;
  mapIndex: number;
  /** Tells inner maps of the same map of maps apart, where it matters; 0 for all others. */
  mapUid: number;
  /** The key's constant value, when it is known and worth knowing. */
  constantKey: number | undefined;
  /** Memory on the stack that the helper fills: a register and how many bytes of it. */
  filled: { readonly reg: number; readonly size: number } | undefined;
  /** Highest value of the last size argument. */
  maxSize: bigint;
  allocated: number;
  /** The struct that a pointer argument leads to. */
  pointed: number;
  /** It is a per-CPU object that RCU protects, of the types that `BTF_KERNEL` or `BTF_PROGRAM` says. */
  perCpuObject?: { readonly btf: number };
  /** The reference that an argument holds, 0 for none. */
  refObjId: number;
  /** The register that is released, 0 for none. */
  releases: number;
  /** The dynptr that the call uses. */
  dynptr: DynptrFacts | undefined;
  /** The function to call back, -1 for none. */
  subprogram: number;
  /** The pointer field whose object is exchanged. */
  kptr?: Exchanged;
  /** The constant string, its zero with it. */
  string?: Uint8Array;
}

const MEMORY_TYPES = [
  TYPE_STACK,
  TYPE_PACKET,
  TYPE_PACKET_META,
  TYPE_MAP_KEY,
  TYPE_MAP_VALUE,
  TYPE_MEM,
  TYPE_MEM | FLAG_RINGBUF,
  TYPE_BUF,
  TYPE_BTF_ID | FLAG_TRUSTED,
] as const;

/** The types of register that an argument of this kind may be. */
const ACCEPTED: Readonly<Record<string, readonly number[]>> = {
  ctx: [TYPE_CTX],
  const_map: [TYPE_CONST_MAP],
  map_key: MEMORY_TYPES,
  map_value: MEMORY_TYPES,
  mem: MEMORY_TYPES,
  size: [TYPE_SCALAR],
  alloc_size: [TYPE_SCALAR],
  alloc_mem: [TYPE_MEM | FLAG_RINGBUF],
  const_str: [TYPE_MAP_VALUE],
  func: [TYPE_FUNC],
  stack_or_null: [TYPE_STACK],
  spin_lock: [TYPE_MAP_VALUE, TYPE_BTF_ID | FLAG_ALLOC],
  timer: [TYPE_MAP_VALUE],
  kptr: [
    TYPE_MAP_VALUE,
    TYPE_BTF_ID | FLAG_ALLOC,
    TYPE_BTF_ID | FLAG_ALLOC | FLAG_NON_OWN_REF,
    TYPE_BTF_ID | FLAG_ALLOC | FLAG_NON_OWN_REF | FLAG_RCU,
  ],
  dynptr: [TYPE_STACK, TYPE_DYNPTR],
};
const SOCKETS = {
  full: [TYPE_SOCKET],
  any: [TYPE_SOCK_COMMON, TYPE_SOCKET, TYPE_TCP_SOCK, TYPE_XDP_SOCK],
  trusted: [
    TYPE_SOCK_COMMON,
    TYPE_SOCKET,
    TYPE_TCP_SOCK,
    TYPE_XDP_SOCK,
    TYPE_BTF_ID,
    TYPE_BTF_ID | FLAG_TRUSTED,
  ],
} as const;

function isReleased(argument: HelperArg): boolean {
  return argument.kind === 'alloc_mem' || ('release' in argument && argument.release === true);
}

/** Checks one argument of a helper call against its prototype. @param index from 0. */
export function checkArgument(s: Session, call: CallFacts, index: number): void {
  const argument = argumentFor(call, call.args[index] as HelperArg);
  const regno = index + 1;
  const reg = s.checkReadable(regno);
  const { memory } = s;
  if (argument.kind === 'anything' || argument.kind === 'no_flags') {
    if (!s.rights.seesPointers && !memory.isScalar(reg))
      refuse(pointerLeak, s.at, { problem: 'helper', reg: regno });
    return;
  }
  const type = memory.type(reg);
  if (
    (type === TYPE_PACKET || type === TYPE_PACKET_META) &&
    (!s.program.hook.packetToHelpers || call.helper.takesPacket !== true)
  )
    refuse(helperMemory, s.at, { text: 'helper access to the packet is not allowed' });
  const isNull = memory.isScalar(reg) && memory.isZero(reg);
  if (!(isNull && isNullable(argument))) {
    checkType(s, argument, regno, reg, call.kptr !== undefined);
    checkStruct(s, call.helper.name, argument, regno, reg);
    if (call.kptr !== undefined) checkKptrType(s, regno, call.kptr.field, call.kptr.target);
    checkPointerOffset(s, regno, reg, isReleased(argument) && argument.kind !== 'dynptr');
  }
  noteReference(s, call, argument, regno, reg);
  checkMeaning(s, call, argument, index, reg);
}

/** The values of a map of sockets are sockets. */
function argumentFor({ map }: CallFacts, argument: HelperArg): HelperArg {
  const isSocket = argument.kind === 'map_value' && map?.type.lookup === 'owned_socket';
  return isSocket ? { kind: 'socket', accepts: 'trusted' } : argument;
}

function noteReference(s: Session, call: CallFacts, argument: HelperArg, regno: number, reg: RegAddr): void {
  const id = s.memory.refObjId(reg);
  if (isReleased(argument)) {
    if (argument.kind === 'dynptr') checkOwned(s, regno);
    else if (id === 0 && !s.memory.isScalar(reg))
      refuse(release, s.at, { problem: 'unreferenced', reg: regno });
    call.releases = regno;
  }
  if (id !== 0 && argument.kind !== 'kptr') call.refObjId = id;
}

function isNullable(argument: HelperArg): boolean {
  return argument.kind === 'stack_or_null' || ('nullable' in argument && argument.nullable === true);
}

function acceptedTypes(argument: HelperArg): readonly number[] | undefined {
  if (argument.kind === 'socket') return SOCKETS[argument.accepts];
  return argument.kind === 'pointer' ? pointerTypes(argument) : ACCEPTED[argument.kind];
}

/** @param exchanged the argument goes into a pointer field: objects of the program are taken too. */
function checkType(s: Session, argument: HelperArg, regno: number, reg: RegAddr, exchanged: boolean): void {
  const accepted = acceptedTypes(argument);
  if (accepted === undefined)
    refuse(unsupported, s.at, { what: `helper arguments of kind ${argument.kind}` });
  let type = s.memory.type(reg);
  if (argument.kind === 'mem') {
    type &= ~(FLAG_PACKET_SLICE | FLAG_DYNPTR_SLICE);
    if (argument.readonly === true) type &= ~FLAG_RDONLY;
  }
  if (isNullable(argument)) type &= ~FLAG_MAYBE_NULL;
  if (exchanged && (type & FLAG_ALLOC) !== 0) type &= ~(FLAG_ALLOC | FLAG_PERCPU);
  if (argument.kind === 'map_key' || (argument.kind === 'map_value' && argument.uninit !== true))
    type &= ~FLAG_RDONLY;
  if (accepted.includes(type)) return;
  refuse(helperArgumentType, s.at, {
    reg: regno,
    type: typeText(s.memory.type(reg)),
    expected: accepted.map((each) => typeText(each)),
  });
}

function checkMeaning(s: Session, call: CallFacts, argument: HelperArg, index: number, reg: RegAddr): void {
  const regno = index + 1;
  switch (argument.kind) {
    case 'const_map':
      noteMap(s, call, reg);
      return;
    case 'dynptr':
      call.dynptr = checkDynptr(s, regno, argument);
      return;
    case 'spin_lock':
      if (inComparison(s)) refuse(spinLock, s.at, { lock: 'bpf_spin', problem: 'callback' }, 'EACCES');
      checkSpinLock(s, regno, call.helper.name === 'bpf_spin_lock');
      return;
    case 'timer':
      checkMapField(s, regno, 'bpf_timer');
      call.map = mapOf(s, reg);
      call.mapIndex = s.memory.map(reg);
      call.mapUid = s.memory.aux(reg);
      return;
    case 'map_key': {
      if (call.map === undefined) {
        refuse(mapKey, s.at, { what: 'key' });
        return;
      }
      checkMemory(s, call, regno, call.map.keySize, false, false, false);
      if (
        call.helper.name === 'bpf_map_lookup_elem' &&
        call.map.type.indexed &&
        call.map.type.lookup === 'value'
      )
        constantKey(s, call, reg, call.map.keySize);
      return;
    }
    case 'map_value': {
      if (call.map === undefined) {
        refuse(mapKey, s.at, { what: 'value' });
        return;
      }
      if (argument.nullable === true && s.memory.isScalar(reg)) return;
      const fills = argument.uninit === true;
      checkMemory(s, call, regno, call.map.valueSize, fills, false, fills);
      return;
    }
    case 'mem':
      if (argument.size === undefined) return;
      checkMemory(s, call, regno, argument.size, argument.uninit === true, false, argument.uninit === true);
      if (argument.aligned === true) checkAlignment(s, reg, 0, argument.size);
      return;
    case 'size':
      checkSize(s, call, argument, index, reg);
      return;
    case 'func':
      call.subprogram = s.memory.aux(reg);
      return;
    case 'const_str':
      call.string = checkConstantString(s, regno);
      return;
    case 'kptr':
      call.kptr = checkExchanged(s, regno);
      if (s.memory.baseType(reg) === TYPE_MAP_VALUE) noteMap(s, call, reg);
      return;
    case 'pointer':
      call.pointed = s.memory.aux(reg);
      if (s.memory.hasFlag(reg, FLAG_PERCPU) && s.memory.hasFlag(reg, FLAG_RCU))
        call.perCpuObject = { btf: s.memory.btf(reg) };
      return;
    case 'alloc_size':
      if (!s.memory.isConst(reg)) refuse(helperSize, s.at, { kind: 'constant', reg: regno });
      call.allocated = s.memory.constNumber(reg) ?? 0;
      markPrecise(s, regno);
      return;
    default:
      return;
  }
}

/** Flags of a helper that has none. */
export function checkNoFlags(s: Session, { args }: CallFacts): void {
  args.forEach(({ kind }, index) => {
    if (kind !== 'no_flags') return;
    const reg = s.reg(index + 1);
    if (!s.memory.isScalar(reg) || !s.memory.isZero(reg))
      refuse(helperSize, s.at, { kind: 'flags', reg: index + 1 }, 'EINVAL');
    markPrecise(s, index + 1);
  });
}

/** The map of the call; a timer's own map when the call names one already. */
function noteMap(s: Session, call: CallFacts, reg: RegAddr): void {
  const { memory } = s;
  const uid = memory.aux(reg);
  if (call.map !== undefined && (call.mapIndex !== memory.map(reg) || call.mapUid !== uid))
    refuse(timer, s.at, { problem: 'map', uid: call.mapUid, mapUid: uid });
  call.map = mapOf(s, reg);
  call.mapIndex = memory.map(reg);
  call.mapUid = uid;
}

/** A size bounds the memory in the argument before it. */
function checkSize(
  s: Session,
  call: CallFacts,
  argument: HelperArg & { kind: 'size' },
  index: number,
  reg: RegAddr,
): void {
  const before = call.args[index - 1];
  const fills = before?.kind === 'mem' && before.uninit === true;
  call.maxSize = s.memory.umax(reg);
  checkSizeAndMemory(s, call, index + 1, fills, argument.zero);
}

function checkSizeAndMemory(
  s: Session,
  call: CallFacts | undefined,
  regno: number,
  write: boolean,
  zeroAllowed: boolean,
): void {
  const { memory } = s;
  const reg = s.reg(regno);
  const umax = memory.umaxNumber(reg);
  if (memory.sminNumber(reg) < 0) refuse(helperSize, s.at, { kind: 'negative', reg: regno });
  if (memory.uminNumber(reg) === 0 && !zeroAllowed)
    refuse(helperSize, s.at, { kind: 'zero', reg: regno, max: memory.umax(reg) });
  if (umax >= MAX_VARIABLE_OFFSET) refuse(helperSize, s.at, { kind: 'unbounded', reg: regno });
  // Only a constant size says for sure which bytes are filled.
  checkMemory(s, call, regno - 1, umax, write, zeroAllowed, write && memory.isConst(reg));
  markPrecise(s, regno);
}

/** A kernel function may read and write as much memory, in the register before, as this one says. */
export function checkSizedMemory(s: Session, regno: number): void {
  const { memory } = s;
  const reg = s.reg(regno - 1);
  const type = memory.type(reg);
  memory.setType(reg, type & ~FLAG_MAYBE_NULL);
  checkSizeAndMemory(s, undefined, regno, false, true);
  checkSizeAndMemory(s, undefined, regno, true, true);
  memory.setType(reg, type);
}

/**
 * The helper may read, or write, `size` bytes there.
 *
 * @param fills whether all of them are written, so that unwritten stack becomes written.
 */
function checkMemory(
  s: Session,
  call: CallFacts | undefined,
  regno: number,
  size: number,
  write: boolean,
  zeroAllowed: boolean,
  fills: boolean,
): void {
  const { memory } = s;
  const reg = s.reg(regno);
  const type = memory.type(reg);
  const off = memory.off(reg);
  switch (type & TYPE_BASE_MASK) {
    case TYPE_PACKET:
    case TYPE_PACKET_META:
      if (write && s.program.hook.packet !== 'write') break;
      checkPacket(s, regno, reg, off, size, zeroAllowed);
      return;
    case TYPE_MAP_VALUE:
      checkMapAccess(s, regno, off, size, write);
      checkMapValue(s, regno, off, size, zeroAllowed, true);
      return;
    case TYPE_MAP_KEY:
      if (write) refuse(readOnly, s.at, { text: typeText(type), reg: regno });
      checkRegion(s, regno, reg, off, size, mapOf(s, reg).keySize, false, MAP_KEY_WORDS);
      return;
    case TYPE_MEM:
      if (write && (type & FLAG_RDONLY) !== 0) refuse(readOnly, s.at, { text: typeText(type), reg: regno });
      checkRegion(s, regno, reg, off, size, memory.memSize(reg), zeroAllowed, {
        name: 'memory',
        size: 'mem_size',
      });
      return;
    case TYPE_STACK:
      checkStack(s, call, regno, reg, size, write, zeroAllowed, fills);
      return;
    case TYPE_BTF_ID:
    case TYPE_BUF:
      accessMemory(s, { ...wholeAccess(regno, size), ...(write ? { stored: UNKNOWN } : {}) });
      return;
    case TYPE_CTX:
      // Only some hooks know how long their context is; of the others its last byte is asked for.
      if (s.program.hook.ctx.fields !== 'bytes' && s.program.hook.ctx.fields !== 'btf') break;
      if (size === 0 && zeroAllowed) return;
      if (size === 0) break;
      accessMemory(s, { ...wholeAccess(regno, 1), off: size - 1, ...(write ? { stored: UNKNOWN } : {}) });
      return;
  }
  if (zeroAllowed && size === 0 && memory.isScalar(reg) && memory.isZero(reg)) return;
  refuse(helperArgumentType, s.at, { reg: regno, type: typeText(type), expected: [typeText(TYPE_STACK)] });
}

const UNKNOWN = { kind: 'unknown' } as const;

/** An access of memory from a register on, by a helper. */
function wholeAccess(regno: number, size: number): Access {
  return { regno, off: 0, size, into: -1, signed: false, byHelper: true };
}

function checkStack(
  s: Session,
  call: CallFacts | undefined,
  regno: number,
  reg: RegAddr,
  size: number,
  write: boolean,
  zeroAllowed: boolean,
  fills: boolean,
): void {
  const { memory } = s;
  if (size === 0 && !zeroAllowed) refuse(helperMemory, s.at, { text: 'invalid zero-sized read' });
  const off = memory.off(reg);
  checkStackBounds(s, regno, reg, off, size, write ? 'helper_write' : 'helper_read');
  checkConstantPlace(s, regno, reg);
  const frame = frameOfPointer(s, reg);
  const low = memory.sminNumber(reg) + off;
  const high = memory.smaxNumber(reg) + off + size;
  if (call !== undefined && memory.isConst(reg) && fills) {
    checkNoDynptr(s, frame, low, high);
    call.filled = { reg: regno, size };
    return;
  }
  const from = memory.isConst(reg) ? low : tnumText(memory, reg);
  readRange(s, frame, low, high, write, { reg: regno, from, size });
}

/** The helper fills these bytes, and could fill a dynptr that it is given with them. */
function checkNoDynptr(s: Session, frame: FrameAddr, low: number, high: number): void {
  for (let at = low; at < high; at++) {
    const index = -at - 1;
    if (s.memory.slotType(frame, index >> 3, index & 7) === SLOT_DYNPTR)
      refuse(stackObject, s.at, { problem: 'helper_write', off: at });
  }
}

/** The caller of a global function lends it this memory, to read and to write. */
export function checkLentMemory(s: Session, regno: number, size: number): void {
  const { memory } = s;
  const reg = s.reg(regno);
  if (memory.isScalar(reg) && memory.isZero(reg)) return;
  const type = memory.type(reg);
  memory.setType(reg, type & ~FLAG_MAYBE_NULL);
  checkMemory(s, undefined, regno, size, false, true, false);
  checkMemory(s, undefined, regno, size, true, true, false);
  memory.setType(reg, type);
}

/** An array's lookup with a constant index that is in range never fails. */
function constantKey(s: Session, call: CallFacts, reg: RegAddr, size: number): void {
  const { memory } = s;
  if (!s.rights.bpf || memory.type(reg) !== TYPE_STACK || !memory.isConst(reg)) return;
  const frame = frameOfPointer(s, reg);
  const index = -(memory.off(reg) + (memory.constNumber(reg) as number)) - 1;
  const slot = index >> 3;
  const byte = index & 7;
  let zeros = 0;
  for (let at = byte; at >= 0 && memory.slotType(frame, slot, at) === SLOT_ZERO; at--) zeros++;
  if (zeros >= size) {
    call.constantKey = 0;
    return;
  }
  if (memory.slotType(frame, slot, SLOT_BYTES - 1) !== SLOT_SPILL) return;
  const spilled = memory.spilled(frame, slot);
  if (!memory.isScalar(spilled)) return;
  let spills = 0;
  for (let at = byte; at >= 0 && memory.slotType(frame, slot, at) === SLOT_SPILL; at--) spills++;
  if (spills !== size || !memory.isConst(spilled)) return;
  markSlotPrecise(s, memory.frameNumber(frame), slot);
  call.constantKey = Number(memory.constValue(spilled) & 0xffff_ffffn);
}
