import { btfError } from '../errors/btf.js';
import { cycle, resolve, sizeOf, trySizeOf, typeAt } from './resolve.js';
import type { Btf, BtfMember, BtfTypeId } from './types.js';
import {
  anonymousComposite,
  type BtfValue,
  datasecMembers,
  isChar,
  isSigned,
  MAX_VALUE_DEPTH,
  maxValueParts,
  type Scalar,
} from './value.js';

interface Writer {
  readonly btf: Btf;
  readonly littleEndian: boolean;
  readonly view: DataView;
  parts: number;
}

/** Largest value that is made: a map's value can have no more. */
const MAX_BYTES = 1 << 30;

/**
 * Bytes of a value: the inverse of `readValue`. Numbers and bigints are both taken wherever they fit; enumerations by
 * name or number; members that are left out are zero. Of a union's members, give the one that counts: all that are
 * given are written, in order.
 *
 * @returns as many bytes as the type has.
 * @throws {SkepError} `BTF_VALUE`, naming the path of the member that does not fit (`.addr.port`).
 */
export function writeValue(btf: Btf, type: BtfTypeId, value: BtfValue, littleEndian = true): Uint8Array {
  const size = sizeOf(btf, type);
  if (size > MAX_BYTES)
    throw btfError(
      'BTF_VALUE',
      `a value of type ${type} has ${size} bytes; at most ${MAX_BYTES} are written`,
      {
        facts: { type, size },
      },
    );
  const bytes = new Uint8Array(size);
  writeAt({ btf, littleEndian, view: new DataView(bytes.buffer), parts: 0 }, type, value, 0, '', 0);
  return bytes;
}

function refuse(path: string, message: string, value?: BtfValue) {
  const shown = typeof value === 'bigint' ? value.toString() : value;
  return btfError('BTF_VALUE', `${path === '' ? 'the value' : path} ${message}`, {
    facts: { path, ...(typeof shown === 'object' ? {} : { value: shown }) },
  });
}

function writeAt(
  writer: Writer,
  id: BtfTypeId,
  value: BtfValue,
  at: number,
  path: string,
  depth: number,
): void {
  if (depth > MAX_VALUE_DEPTH) throw cycle(id);
  const type = typeAt(writer.btf, resolve(writer.btf, id));
  switch (type.kind) {
    case 'int':
    case 'enum':
    case 'enum64':
    case 'ptr':
    case 'float':
      writeScalar(writer, type, value, at, path);
      return;
    case 'array':
      writeArray(writer, type.type, type.length, value, at, path, depth);
      return;
    case 'struct':
    case 'union':
      writeMembers(writer, type.members, value, at, path, depth);
      return;
    case 'datasec':
      writeMembers(writer, datasecMembers(writer.btf, type), value, at, path, depth);
      return;
    case 'var':
      writeAt(writer, type.type, value, at, path, depth + 1);
      return;
    default:
      throw refuse(path, `is of type ${id} (${type.kind}), which has no values`);
  }
}

function writeMembers(
  writer: Writer,
  members: readonly BtfMember[],
  value: BtfValue,
  at: number,
  path: string,
  depth: number,
): void {
  if (typeof value !== 'object' || Array.isArray(value)) throw refuse(path, 'has to be an object', value);
  const places = [...membersWithin(writer, members, at * 8, depth)];
  const known = new Set(places.map(({ member }) => member.name));
  const unknown = Object.keys(value).find((name) => !known.has(name));
  if (unknown !== undefined) throw refuse(path, `has no member ${unknown}; it has ${[...known].join(', ')}`);
  const given = value as Readonly<Record<string, BtfValue>>;
  for (const { member, bitOffset } of places) {
    if (!Object.hasOwn(given, member.name)) continue;
    const part = given[member.name];
    if (part === undefined) continue;
    const inner = `${path}.${member.name}`;
    if (member.bitfieldSize > 0) writeBits(writer, member, part, bitOffset, inner);
    else writeAt(writer, member.type, part, bitOffset / 8, inner, depth + 1);
  }
}

interface Place {
  readonly member: BtfMember;
  readonly bitOffset: number;
}

/** The members that have names, those of anonymous members included. */
function* membersWithin(
  writer: Writer,
  members: readonly BtfMember[],
  base: number,
  depth: number,
): Generator<Place> {
  for (const member of members) {
    const inner = anonymousComposite(writer.btf, member);
    if (
      inner !== undefined &&
      (depth > MAX_VALUE_DEPTH || ++writer.parts > maxValueParts(writer.view.byteLength))
    )
      throw cycle(member.type);
    if (inner !== undefined) yield* membersWithin(writer, inner.members, base + member.bitOffset, depth + 1);
    else if (member.name !== '') yield { member, bitOffset: base + member.bitOffset };
  }
}

function writeScalar(writer: Writer, type: Scalar, value: BtfValue, at: number, path: string): void {
  const size = type.kind === 'ptr' ? 8 : type.size;
  checkRoom(writer, at, size, path);
  if (type.kind === 'float') {
    if (typeof value !== 'number') throw refuse(path, 'has to be a number', value);
    if (size === 8) writer.view.setFloat64(at, value, writer.littleEndian);
    else if (size === 4) writer.view.setFloat32(at, value, writer.littleEndian);
    else throw refuse(path, `is a float of ${size} bytes; 4 and 8 are written`);
    return;
  }
  writeUnsigned(writer, at, size, toBits(type, value, size * 8, path));
}

function checkRoom({ view }: Writer, at: number, size: number, path: string): void {
  if (at + size > view.byteLength)
    throw refuse(path, `takes ${size} bytes at offset ${at}, beyond the value's ${view.byteLength}`);
}

function toBits(
  type: Exclude<Scalar, { kind: 'float' }>,
  value: BtfValue,
  bits: number,
  path: string,
): bigint {
  if (typeof value === 'boolean' && type.kind === 'int') return value ? 1n : 0n;
  if (typeof value === 'string' && (type.kind === 'enum' || type.kind === 'enum64')) {
    const found = type.values.find(({ name }) => name === value);
    if (found !== undefined) return BigInt.asUintN(bits, found.value);
    throw refuse(
      path,
      `has no enumerator ${value}; it has ${type.values.map(({ name }) => name).join(', ')}`,
    );
  }
  if (typeof value !== 'bigint' && (typeof value !== 'number' || !Number.isInteger(value)))
    throw refuse(path, 'has to be a whole number', value);
  const number = BigInt(value);
  if (type.kind === 'int' && type.bool && number !== 0n && number !== 1n)
    throw refuse(path, `is a boolean, which ${number} is not`, value);
  const low = isSigned(type) ? -(1n << BigInt(bits - 1)) : 0n;
  const high = isSigned(type) ? (1n << BigInt(bits - 1)) - 1n : (1n << BigInt(bits)) - 1n;
  if (number < low || number > high)
    throw refuse(path, `is ${number}, but ${bits} bits hold ${low} to ${high}`, value);
  return BigInt.asUintN(bits, number);
}

function writeUnsigned({ view, littleEndian }: Writer, at: number, size: number, value: bigint): void {
  for (let index = 0; index < size; index++) {
    const byte = Number((value >> BigInt(index * 8)) & 0xffn);
    view.setUint8(littleEndian ? at + index : at + size - 1 - index, byte);
  }
}

function writeBits(
  writer: Writer,
  member: BtfMember,
  value: BtfValue,
  bitOffset: number,
  path: string,
): void {
  const type = typeAt(writer.btf, resolve(writer.btf, member.type));
  if (type.kind !== 'int' && type.kind !== 'enum' && type.kind !== 'enum64')
    throw refuse(path, `is a bit-field of kind ${type.kind}`);
  const bits = toBits(type, value, member.bitfieldSize, path);
  const bytes = Math.ceil(((bitOffset % 8) + member.bitfieldSize) / 8);
  checkRoom(writer, Math.floor(bitOffset / 8), bytes, path);
  for (let index = 0; index < member.bitfieldSize; index++) {
    // Bit-fields fill from the low end on little-endian machines, from the high end on others.
    const significance = writer.littleEndian ? index : member.bitfieldSize - 1 - index;
    const at = bitOffset + index;
    const within = writer.littleEndian ? at % 8 : 7 - (at % 8);
    const byte = writer.view.getUint8(at >> 3);
    const bit = Number((bits >> BigInt(significance)) & 1n);
    writer.view.setUint8(at >> 3, (byte & ~(1 << within)) | (bit << within));
  }
}

function writeArray(
  writer: Writer,
  element: BtfTypeId,
  length: number,
  value: BtfValue,
  at: number,
  path: string,
  depth: number,
): void {
  const size = trySizeOf(writer.btf, element) ?? 0;
  if (typeof value === 'string' && isChar(writer.btf, element)) {
    const text = new TextEncoder().encode(value);
    if (text.length > length) throw refuse(path, `has ${text.length} bytes; ${length} fit`, value);
    checkRoom(writer, at, length, path);
    text.forEach((byte, index) => {
      writer.view.setUint8(at + index, byte);
    });
    return;
  }
  if (!Array.isArray(value)) throw refuse(path, 'has to be an array', value);
  const elements: readonly BtfValue[] = value;
  if (elements.length > length) throw refuse(path, `has ${elements.length} elements; ${length} fit`);
  elements.forEach((part, index) => {
    const where = `${path}[${index}]`;
    // `char` elements that are no text come back as unsigned bytes or signed ones; both are taken.
    const fitted = isChar(writer.btf, element) && typeof part === 'number' && part > 127 ? part - 256 : part;
    writeAt(writer, element, fitted, at + index * size, where, depth + 1);
  });
}
