import type { AccessBytes, Width } from '../../isa/index.js';
import type { Operation } from '../ir/instruction.js';
import { alignOf, sizeOf, structLayout } from '../ir/layout.js';
import type { TypeId } from '../ir/type.js';
import type { ValueId } from '../ir/value.js';
import type { MachineOperand, VirtualRegister } from '../machine/instruction.js';
import { accessAddress, moved } from './address.js';
import { imm, reg } from './builder.js';
import type { DeclaredVariable } from './select.js';
import type { Address, Selector } from './selector.js';
import { registerOf } from './values.js';

/**
 * The accesses that `bytes` bytes need when each must be aligned: sizes from the front.
 *
 * @param start where the first byte lies past an address that is aligned so
 */
export function pieces(
  bytes: number,
  align: number,
  start = 0,
): { readonly at: number; readonly bytes: AccessBytes }[] {
  const result: { at: number; bytes: AccessBytes }[] = [];
  for (let at = 0; at < bytes; ) {
    const size =
      ([8, 4, 2, 1] as const).find(
        (size) => size <= align && size <= bytes - at && (start + at) % size === 0,
      ) ?? 1;
    result.push({ at, bytes: size });
    at += size;
  }
  return result;
}

export function emitLoad(
  s: Selector,
  address: Address,
  bytes: AccessBytes,
  width: Width,
  signed = false,
): VirtualRegister {
  const dst = s.builder.register(width);
  const { core, ...place } = address;
  s.builder.emit({ kind: 'load', bytes, signed, dst, ...place }, core);
  return dst;
}

export function emitStore(s: Selector, address: Address, bytes: AccessBytes, value: MachineOperand): void {
  let src = value;
  if (src.kind === 'imm' && !s.atLeast('v4'))
    src = reg(s.builder.constant(BigInt(src.imm), bytes === 8 ? 64 : 32));
  const { core, ...place } = address;
  s.builder.emit({ kind: 'store', bytes, ...place, src }, core);
}

/** The registers and offsets of what makes up a type: itself, or the leaves of an aggregate. */
export function leaves(
  s: Selector,
  type: TypeId,
  offset = 0,
): { readonly type: TypeId; readonly offset: number }[] {
  const shape = s.type(type);
  if (shape.kind === 'struct') {
    const { offsets } = structLayout(s.module, shape);
    return (shape.elements ?? []).flatMap((element, index) =>
      leaves(s, element, offset + (offsets[index] ?? 0)),
    );
  }
  if (shape.kind === 'array') {
    const size = sizeOf(s.module, shape.element);
    return Array.from({ length: shape.length }, (_, index) =>
      leaves(s, shape.element, offset + index * size),
    ).flat();
  }
  return [{ type, offset }];
}

export function selectLoad(s: Selector, id: ValueId, load: Extract<Operation, { kind: 'load' }>): void {
  const address = accessAddress(s, load.pointer);
  const registers = leaves(s, load.type).map(({ type, offset }) => {
    const align = leafAlign(load.align || alignOf(s.module, load.type), offset);
    return loadLeaf(
      s,
      moved(s, address, offset),
      type,
      align,
      load.atomic?.ordering === 'acquire' || load.atomic?.ordering === 'seq_cst',
    );
  });
  s.set(id, ...registers);
}

export const leafAlign = (align: number, offset: number): number => {
  let result = align;
  while (offset % result !== 0) result /= 2;
  return result;
};

function loadLeaf(
  s: Selector,
  address: Address,
  type: TypeId,
  align: number,
  acquire: boolean,
): VirtualRegister {
  const { builder } = s;
  const shape = s.type(type);
  const bits = s.bits(shape);
  const width = s.width(shape);
  const bytes = Math.ceil(bits / 8);
  const parts = pieces(bytes, align);
  const [only] = parts;
  if (only !== undefined && parts.length === 1) {
    if (acquire && s.atLeast('v4')) {
      const dst = builder.register(width);
      builder.emit({
        kind: 'atomic',
        op: 'load_acquire',
        bytes: only.bytes,
        ...address,
        src: undefined,
        dst,
      });
      return dst;
    }
    return emitLoad(s, address, only.bytes, width);
  }
  return loadBytes(s, address, bytes, align, width);
}

/** Loads up to eight bytes as a number, in as many pieces as the alignment asks for. */
export function loadBytes(
  s: Selector,
  address: Address,
  bytes: number,
  align: number,
  width: Width,
): VirtualRegister {
  const { builder } = s;
  let result: VirtualRegister | undefined;
  for (const part of pieces(bytes, align)) {
    const piece = emitLoad(s, moved(s, address, part.at), part.bytes, width);
    const shift = 8 * (s.littleEndian ? part.at : bytes - part.at - part.bytes);
    const placed = shift === 0 ? piece : builder.alu('lsh', width, piece, imm(shift));
    result = result === undefined ? placed : builder.alu('or', width, result, reg(placed));
  }
  if (result === undefined) return s.builder.constant(0n, width);
  builder.assumeZeroFrom(result, bytes * 8);
  return result;
}

export function selectStore(s: Selector, store: Extract<Operation, { kind: 'store' }>): void {
  const { value } = store;
  const type = s.value(value).type;
  const address = accessAddress(s, store.pointer);
  const align = store.align || alignOf(s.module, type);
  const places = leaves(s, type);
  const release = store.atomic?.ordering === 'release' || store.atomic?.ordering === 'seq_cst';
  if (places.length === 1 && places[0]?.offset === 0 && s.parts(value) === undefined) {
    storeLeaf(s, address, places[0].type, align, value, release);
    return;
  }
  const parts = partsOf(s, value, places.length);
  places.forEach(({ type: leaf, offset }, index) => {
    const part = parts[index];
    if (part === undefined) return;
    storeRegister(s, moved(s, address, offset), leaf, leafAlign(align, offset), part, release);
  });
}

/** The registers of an aggregate, or of the one value. */
export function partsOf(s: Selector, id: ValueId, count: number): readonly VirtualRegister[] {
  const known = s.parts(id);
  if (known !== undefined) return known;
  const value = s.value(id);
  const types = leaves(s, value.type);
  if (value.kind === 'aggregate' && value.elements.length === count)
    return value.elements.map((element) => registerOf(s, element));
  if (value.kind === 'null' || value.kind === 'undef' || value.kind === 'poison') {
    return types.map(({ type }) => s.builder.constant(0n, s.width(s.type(type))));
  }
  if (value.kind === 'data') {
    return value.elements.map((element, index) => {
      const type = types[index]?.type;
      return s.builder.constant(element, type === undefined ? 64 : s.width(s.type(type)));
    });
  }
  return [registerOf(s, id)];
}

function storeLeaf(
  s: Selector,
  address: Address,
  type: TypeId,
  align: number,
  value: ValueId,
  release: boolean,
): void {
  const bytes = Math.ceil(s.bits(s.type(type)) / 8);
  const parts = pieces(bytes, align);
  const number = s.constantOf(value);
  if (number === undefined || (release && s.atLeast('v4'))) {
    storeRegister(s, address, type, align, registerOf(s, value), release);
    return;
  }
  for (const part of parts) {
    const shift = BigInt(8 * (s.littleEndian ? part.at : bytes - part.at - part.bytes));
    const piece = BigInt.asIntN(part.bytes * 8, number >> shift);
    const operand = s.imm(piece) ?? reg(s.builder.constant(piece, part.bytes === 8 ? 64 : 32));
    emitStore(s, moved(s, address, part.at), part.bytes, operand);
  }
}

function storeRegister(
  s: Selector,
  address: Address,
  type: TypeId,
  align: number,
  register: VirtualRegister,
  release: boolean,
): void {
  const { builder } = s;
  const shape = s.type(type);
  const bits = s.bits(shape);
  const bytes = Math.ceil(bits / 8);
  // A bool in memory is 0 or 1.
  const value =
    bits === 1 && builder.zeroFrom(register) > 1 ? builder.alu('and', 32, register, imm(1)) : register;
  const parts = pieces(bytes, align);
  if (release && s.atLeast('v4') && parts.length === 1) {
    builder.emit({
      kind: 'atomic',
      op: 'store_release',
      bytes: bytes as AccessBytes,
      ...address,
      src: value,
      dst: undefined,
    });
    return;
  }
  storeBytes(s, address, bytes, align, builder.copy(value, s.width(shape)));
}

/** Stores the low bytes of a register, in as many pieces as the alignment asks for. */
export function storeBytes(
  s: Selector,
  address: Address,
  bytes: number,
  align: number,
  value: VirtualRegister,
): void {
  const { builder } = s;
  for (const part of pieces(bytes, align)) {
    const shift = 8 * (s.littleEndian ? part.at : bytes - part.at - part.bytes);
    const piece = shift === 0 ? value : builder.alu('rsh', builder.widthOf(value), value, imm(shift));
    emitStore(s, moved(s, address, part.at), part.bytes, reg(piece));
  }
}

/** Stores and loads that a copy of memory may take; more is a loop's work. */
const MAX_COPIES = 512;

/** `memcpy`, and `memmove` (all is loaded before anything is stored). */
export function copyMemory(
  s: Selector,
  to: Address,
  from: Address,
  bytes: number,
  align: number,
  overlapping: boolean,
): void {
  const parts = pieces(bytes, align);
  if (parts.length > MAX_COPIES) tooMuch(s, 'copy', bytes, parts.length);
  if (!overlapping) {
    for (const part of parts) {
      const value = emitLoad(s, moved(s, from, part.at), part.bytes, part.bytes === 8 ? 64 : 32);
      emitStore(s, moved(s, to, part.at), part.bytes, reg(value));
    }
    return;
  }
  const values = parts.map((part) =>
    emitLoad(s, moved(s, from, part.at), part.bytes, part.bytes === 8 ? 64 : 32),
  );
  parts.forEach((part, index) => {
    const value = values[index];
    if (value !== undefined) emitStore(s, moved(s, to, part.at), part.bytes, reg(value));
  });
}

/** `memset`. */
export function fillMemory(s: Selector, to: Address, byte: ValueId, bytes: number, align: number): void {
  const { builder } = s;
  let parts = pieces(bytes, align);
  if (parts.length > 8 && to.base.kind === 'slot') {
    builder.alignSlot(to.base.slot, 8);
    parts = pieces(bytes, 8, to.offset);
  }
  if (parts.length > MAX_COPIES) tooMuch(s, 'fill', bytes, parts.length);
  const number = s.constantOf(byte);
  const most = Math.max(1, ...parts.map((part) => part.bytes));
  if (number !== undefined) {
    let all = 0n;
    for (let at = 0; at < 8; at++) all = (all << 8n) | BigInt.asUintN(8, number);
    const shared = new Map<number, MachineOperand>();
    for (const part of parts) {
      const piece = BigInt.asIntN(part.bytes * 8, all);
      let value = s.atLeast('v4') ? s.imm(piece) : shared.get(number === 0n ? 0 : part.bytes);
      if (value === undefined) {
        const wide = number === 0n ? most : part.bytes;
        value = reg(builder.constant(piece, wide === 8 ? 64 : 32));
        shared.set(number === 0n ? 0 : part.bytes, value);
      }
      emitStore(s, moved(s, to, part.at), part.bytes, value);
    }
    return;
  }
  const width: Width = most === 8 ? 64 : 32;
  let value = builder.copy(builder.alu('and', 32, registerOf(s, byte), imm(255)), width);
  for (let at = 1; at < most; at *= 2)
    value = builder.alu('or', width, value, reg(builder.alu('lsh', width, value, imm(at * 8))));
  for (const part of parts) emitStore(s, moved(s, to, part.at), part.bytes, reg(value));
}

function tooMuch(s: Selector, what: string, bytes: number, count: number): never {
  return s.unsupported(
    `a ${what} of ${bytes} bytes would take ${count} instructions, more than ${MAX_COPIES}`,
    'align the data to 8 bytes, or use a loop or a helper',
  );
}

export function selectAlloca(
  s: Selector,
  id: ValueId,
  alloca: Extract<Operation, { kind: 'alloca' }>,
  variable: DeclaredVariable | undefined,
): void {
  const count = s.constantOf(alloca.count);
  if (count === undefined)
    s.unsupported(
      'the size of an array on the stack must be known at compile time',
      'use a constant size, or a map',
    );
  // Of what has no bytes the address is asked for too, and must lie in the stack.
  const bytes = Math.max(1, sizeOf(s.module, alloca.type) * Number(count));
  const align = Math.min(8, Math.max(alloca.align, 1));
  const slot = s.builder.slot({ bytes, align, name: variable?.name, location: variable?.location });
  const address: Address = { base: { kind: 'slot', slot }, offset: 0 };
  s.addresses.set(id, address);
}
