import { nameOf } from '../../btf/index.js';
import type { Btf } from '../../btf/types.js';
import type { FrameAddr, RegAddr, StateAddr } from '../state/domain.js';
import { dynptrKind } from '../state/dynptr-kinds.js';
import * as L from '../state/layout.js';
import type { StateMemory } from '../state/state-memory.js';

/** What the renderer must know of a map. */
export interface NamedMap {
  readonly name: string;
  readonly keySize: number;
  readonly valueSize: number;
}

/** Where the names in a state's text come from. */
export interface StateNames {
  readonly maps: readonly NamedMap[];
  /** Name of the type of a BTF pointer, from its id and whose it is (`BTF_*`). */
  readonly btfTypeName?: (id: number, btf: number) => string;
}

/** Names of the types that BTF pointers point to. */
export function typeNames(program: {
  readonly btf: Btf | undefined;
  readonly kernelBtf?: Btf | undefined;
}): (id: number, btf: number) => string {
  return (id, btf) => {
    const type = (btf === L.BTF_PROGRAM ? program.btf : program.kernelBtf)?.types.at(id);
    return type === undefined ? '' : nameOf(type);
  };
}

/** The words of base types in Linux's log, by `TYPE_*`. Source: Linux 6.18 `kernel/bpf/log.c`. */
const TYPE_WORDS = [
  '?',
  'scalar',
  'ctx',
  'map_ptr',
  'map_value',
  'map_key',
  'fp',
  'pkt_meta',
  'pkt',
  'pkt_end',
  'flow_keys',
  'sock',
  'sock_common',
  'tcp_sock',
  'tp_buffer',
  'xdp_sock',
  'ptr_',
  'mem',
  'arena',
  'buf',
  'func',
  'dynptr_ptr',
] as const;

/** Prefixes of flags, in the order in which Linux prints them. */
const FLAG_PREFIXES = [
  [L.FLAG_RDONLY, 'rdonly_'],
  [L.FLAG_RINGBUF, 'ringbuf_'],
  [L.FLAG_USER, 'user_'],
  [L.FLAG_PERCPU, 'percpu_'],
  [L.FLAG_UNTRUSTED, 'untrusted_'],
  [L.FLAG_TRUSTED, 'trusted_'],
  [L.FLAG_RCU, 'rcu_'],
] as const;

/** Letters of stack bytes, by `SLOT_*`. */
const SLOT_LETTERS = '?rm0dif';

/** The word of a type with its flags, as in Linux's log: `map_value_or_null`, `rdonly_mem`, `fp`. */
export function typeText(type: number): string {
  const base = type & L.TYPE_BASE_MASK;
  const prefix = FLAG_PREFIXES.filter(([flag]) => (type & flag) !== 0)
    .map(([, word]) => word)
    .join('');
  const orNull = (type & L.FLAG_MAYBE_NULL) === 0 ? '' : base === L.TYPE_BTF_ID ? 'or_null_' : '_or_null';
  return `${prefix}${TYPE_WORDS[base] ?? '?'}${orNull}`;
}

/** A signed number: decimal when it fits 16 bits, else hexadecimal as a 64-bit word. */
function signedText(value: bigint): string {
  return value >= -0x8000n && value <= 0x7fffn
    ? String(value)
    : `0x${BigInt.asUintN(64, value).toString(16)}`;
}

function unsignedText(value: bigint): string {
  return value <= 0xffffn ? String(value) : `0x${value.toString(16)}`;
}

interface Bound {
  readonly name: string;
  readonly value: bigint;
  readonly trivial: boolean;
}

function boundsOf(memory: StateMemory, reg: RegAddr): Bound[] {
  // Linux prints, and groups, a signed 32-bit bound that is not short as an unsigned word.
  const s32 = (name: string, value: number, trivial: number): Bound => ({
    name,
    value: BigInt(value >= -0x8000 && value <= 0x7fff ? value : value >>> 0),
    trivial: value === trivial,
  });
  const u32 = (name: string, value: number, trivial: number): Bound => ({
    name,
    value: BigInt(value),
    trivial: value === trivial,
  });
  const wide = (name: string, value: bigint, trivial: bigint): Bound => ({
    name,
    value,
    trivial: value === trivial,
  });
  return [
    wide('smin', memory.smin(reg), -(1n << 63n)),
    wide('smax', memory.smax(reg), (1n << 63n) - 1n),
    wide('umin', memory.umin(reg), 0n),
    wide('umax', memory.umax(reg), (1n << 64n) - 1n),
    s32('smin32', memory.smin32(reg), -0x8000_0000),
    s32('smax32', memory.smax32(reg), 0x7fff_ffff),
    u32('umin32', memory.umin32(reg), 0),
    u32('umax32', memory.umax32(reg), 0xffff_ffff),
  ];
}

/** Bounds that say something; equal minima share one value, and so do equal maxima: `smin=smin32=0`. */
function boundTexts(memory: StateMemory, reg: RegAddr): string[] {
  const bounds = boundsOf(memory, reg);
  const shown = bounds.map(({ trivial }) => !trivial);
  const isNegative = ({ name, value }: Bound) => name.startsWith('s') && value < 0n;
  const texts: string[] = [];
  bounds.forEach((bound, index) => {
    if (!shown[index]) return;
    let names = `${bound.name}=`;
    for (let other = index + 2; other < bounds.length; other += 2) {
      const twin = bounds[other] as Bound;
      if (!shown[other] || twin.value !== bound.value || isNegative(twin) !== isNegative(bound)) continue;
      shown[other] = false;
      names += `${twin.name}=`;
    }
    texts.push(names + (bound.name.startsWith('s') ? signedText(bound.value) : unsignedText(bound.value)));
  });
  return texts;
}

function tnumText(memory: StateMemory, reg: RegAddr): string {
  return `(0x${memory.tnumValue(reg).toString(16)}; 0x${memory.tnumMask(reg).toString(16)})`;
}

function identityTexts(memory: StateMemory, reg: RegAddr): string[] {
  const texts: string[] = [];
  const id = memory.id(reg);
  if (id !== 0) {
    const distance = memory.off(reg);
    const linked = (id & L.ID_ADD_CONST) !== 0;
    texts.push(`id=${id & ~L.ID_ADD_CONST}${linked ? (distance < 0 ? distance : `+${distance}`) : ''}`);
  }
  if (memory.refObjId(reg) !== 0) texts.push(`ref_obj_id=${memory.refObjId(reg)}`);
  if (memory.hasFlag(reg, L.FLAG_NON_OWN_REF)) texts.push('non_own_ref');
  return texts;
}

function mapTexts(map: NamedMap | undefined): string[] {
  if (map === undefined) return [];
  return [...(map.name === '' ? [] : [`map=${map.name}`]), `ks=${map.keySize},vs=${map.valueSize}`];
}

function pointerTexts(memory: StateMemory, reg: RegAddr, names: StateNames): string[] {
  const base = memory.baseType(reg);
  const texts: string[] = [];
  if (base === L.TYPE_CONST_MAP || base === L.TYPE_MAP_VALUE || base === L.TYPE_MAP_KEY) {
    texts.push(...mapTexts(names.maps[memory.map(reg)]));
  }
  if (memory.off(reg) !== 0) texts.push(`off=${signedText(BigInt(memory.off(reg)))}`);
  if (base === L.TYPE_PACKET || base === L.TYPE_PACKET_META) {
    texts.push(`r=${unsignedText(BigInt.asUintN(64, BigInt(memory.range(reg))))}`);
  }
  if (base === L.TYPE_DYNPTR) texts.push(`type=${dynptrKind(memory.aux(reg))}`);
  if (base === L.TYPE_MEM) texts.push(`sz=${unsignedText(BigInt(memory.memSize(reg) >>> 0))}`);
  return texts;
}

function variablePartTexts(memory: StateMemory, reg: RegAddr): string[] {
  if (memory.isConst(reg)) {
    const value = BigInt.asIntN(64, memory.constValue(reg));
    return value === 0n ? [] : [`imm=${signedText(value)}`];
  }
  const isUnknown = memory.tnumMask(reg) === (1n << 64n) - 1n;
  return [...boundTexts(memory, reg), ...(isUnknown ? [] : [`var_off=${tnumText(memory, reg)}`])];
}

/**
 * One register's value in the words of Linux 6.18's log: `scalar(smin=0,…)`, `fp-8`, `map_value(map=foo,ks=4,vs=8)`.
 *
 * @param frameno the frame that is being printed: a stack pointer into another one names it.
 */
export function regText(memory: StateMemory, reg: RegAddr, names: StateNames, frameno = 0): string {
  const type = memory.type(reg);
  const base = memory.baseType(reg);
  const precise = type === L.TYPE_SCALAR && memory.isPrecise(reg) ? 'P' : '';
  const constant = memory.isConst(reg) ? BigInt.asIntN(64, memory.constValue(reg)) : undefined;
  if (type === L.TYPE_SCALAR && constant !== undefined) return precise + signedText(constant);
  if (base === L.TYPE_ARENA) return typeText(type);
  let word = precise + typeText(type);
  if (base === L.TYPE_STACK) {
    if (memory.frameno(reg) !== frameno) word += `[${memory.frameno(reg)}]`;
    if (constant !== undefined) return word + signedText(constant + BigInt(memory.off(reg)));
  }
  if (base === L.TYPE_BTF_ID) word += names.btfTypeName?.(memory.aux(reg), memory.btf(reg)) ?? '';
  const parts = [
    ...identityTexts(memory, reg),
    ...(type === L.TYPE_SCALAR ? [] : pointerTexts(memory, reg, names)),
    ...variablePartTexts(memory, reg),
  ];
  return `${word}(${parts.join(',')})`;
}

const ITER_STATES: Readonly<Record<number, string>> = {
  [L.ITER_ACTIVE]: 'active',
  [L.ITER_DRAINED]: 'drained',
};

/** An iterator, by the slot that it begins in; its other slots are not shown. */
function iteratorText(memory: StateMemory, slot: RegAddr, names: StateNames): string | undefined {
  const id = memory.refObjId(slot);
  if (id === 0) return undefined;
  const type = (names.btfTypeName?.(memory.aux(slot), L.BTF_KERNEL) ?? '').replace(/^bpf_/, '');
  const state = ITER_STATES[memory.word(slot + L.REG_AUX2)] ?? '<invalid>';
  return `${type}(ref_id=${id},state=${state},depth=${memory.word(slot + L.REG_ITER_DEPTH)})`;
}

/** One stack slot, or undefined when nothing was written there: `fp-8=mmmmmmmm`, `fp-16=????scalar(…)`. */
export function slotText(
  memory: StateMemory,
  frame: FrameAddr,
  slot: number,
  names: StateNames,
): string | undefined {
  const types = Array.from({ length: L.SLOT_BYTES }, (_, byte) => memory.slotType(frame, slot, byte));
  if (types.every((type) => type === L.SLOT_INVALID)) return undefined;
  if (types[L.SLOT_BYTES - 1] === L.SLOT_DYNPTR) return dynptrText(memory, frame, slot);
  const letters = types.map((type) => SLOT_LETTERS[type]).join('');
  const name = `fp${-(slot + 1) * L.SLOT_BYTES}`;
  if (types[L.SLOT_BYTES - 1] === L.SLOT_ITER) {
    const text = iteratorText(memory, memory.spilled(frame, slot), names);
    return text === undefined ? undefined : `${name}=${text}`;
  }
  if (types[L.SLOT_BYTES - 1] !== L.SLOT_SPILL) return `${name}=${letters}`;
  // Above a spill of fewer than 8 bytes stands what the other bytes hold.
  const above = letters.slice(0, types.indexOf(L.SLOT_SPILL));
  return `${name}=${above}${regText(memory, memory.spilled(frame, slot), names, memory.frameNumber(frame))}`;
}

/** A dynptr, at the first of its two slots. */
function dynptrText(memory: StateMemory, frame: FrameAddr, slot: number): string | undefined {
  const record = memory.spilled(frame, slot);
  if (memory.word(record + L.REG_AUX2) !== 1) return undefined;
  const parts = [`id=${memory.id(record)}`];
  if (memory.refObjId(record) !== 0) parts.push(`ref_id=${memory.refObjId(record)}`);
  // Linux keeps the mark of the first slot where a slice has the number of its dynptr, and prints it as one.
  parts.push('dynptr_id=1');
  const name = `fp${-(slot + 1) * L.SLOT_BYTES}`;
  return `${name}=dynptr_${dynptrKind(memory.aux(record))}(${parts.join(',')})`;
}

/** Which parts of a frame to print; everything when absent. */
export interface FrameParts {
  /** Bit i: register i. */
  readonly regs: number;
  /** Whether a slot is printed. */
  readonly slot: (slot: number) => boolean;
}

/**
 * A frame as Linux prints it: ` R1=ctx() R10=fp0 fp-8=mmmmmmmm`, with a leading blank before each part; registers that
 * were never written are left out. Frames above the first begin with ` frame1:`.
 */
export function frameText(
  memory: StateMemory,
  frame: FrameAddr,
  names: StateNames,
  parts: FrameParts = { regs: -1, slot: () => true },
): string {
  const frameno = memory.frameNumber(frame);
  let text = frameno === 0 ? '' : ` frame${frameno}:`;
  for (let index = 0; index < L.FRAME_REG_COUNT; index++) {
    const reg = memory.reg(frame, index);
    if (((parts.regs >> index) & 1) === 0 || memory.type(reg) === L.TYPE_NOT_INIT) continue;
    text += ` R${index}=${regText(memory, reg, names, frameno)}`;
  }
  const slots = memory.stackDepth(frame) / L.SLOT_BYTES;
  for (let slot = 0; slot < slots; slot++) {
    if (!parts.slot(slot)) continue;
    const slotWords = slotText(memory, frame, slot, names);
    if (slotWords !== undefined) text += ` ${slotWords}`;
  }
  return text;
}

/** References held and callback marks, which follow a state's last frame: ` refs=2,3 cb`. */
export function stateTailText(
  memory: StateMemory,
  state: StateAddr,
  frame: FrameAddr = memory.currentFrame(state),
): string {
  const ids: number[] = [];
  for (let index = 0; index < memory.word(state + L.STATE_REF_COUNT); index++) {
    const id = memory.word(memory.ops.refAt(state, index) + L.REF_ID);
    // As Linux: the lock of a variable has no number, and when it was taken first, none is told.
    if (id !== 0) ids.push(id);
    else if (index === 0) break;
  }
  const callback = memory.word(frame + L.FRAME_CALLBACK);
  const refs = ids.length === 0 ? '' : ` refs=${ids.join(',')}`;
  return `${refs}${callback === 0 ? '' : callback === 1 ? ' cb' : ' async_cb'}`;
}
