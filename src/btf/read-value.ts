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

interface Reader {
  readonly btf: Btf;
  readonly littleEndian: boolean;
  readonly view: DataView;
  parts: number;
}

/**
 * The value of a type that `bytes` hold, as `BtfValue` describes. Trailing bytes are ignored.
 *
 * @param littleEndian byte order of the machine that the bytes are from.
 * @throws {SkepError} `BTF_VALUE` when the bytes are too few or the type has no values, `BTF_CYCLE`.
 * `readValue(btf, map.valueType, bytes)` gives `{ packets: 3n, bytes: 180n }`, say.
 */
export function readValue(btf: Btf, type: BtfTypeId, bytes: Uint8Array, littleEndian = true): BtfValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return readAt({ btf, littleEndian, view, parts: 0 }, type, 0, 0);
}

function readAt(reader: Reader, id: BtfTypeId, at: number, depth: number): BtfValue {
  if (depth > MAX_VALUE_DEPTH) throw cycle(id);
  const { btf } = reader;
  const resolved = resolve(btf, id);
  const type = typeAt(btf, resolved);
  countPart(reader, id);
  switch (type.kind) {
    case 'int':
    case 'enum':
    case 'enum64':
    case 'ptr':
    case 'float':
      return readScalar(reader, resolved, type, at);
    case 'array':
      return readArray(reader, type.type, type.length, at, depth);
    case 'struct':
    case 'union':
      checkRoom(reader, resolved, at, type.size);
      return Object.fromEntries(readMembers(reader, type.members, at, depth));
    case 'datasec':
      return Object.fromEntries(readMembers(reader, datasecMembers(btf, type), at, depth));
    case 'var':
      return readAt(reader, type.type, at, depth + 1);
    default:
      throw btfError('BTF_VALUE', `type ${id} (${type.kind}) has no values`, { facts: { type: id } });
  }
}

function countPart(reader: Reader, id: BtfTypeId): void {
  const most = maxValueParts(reader.view.byteLength);
  if (++reader.parts > most)
    throw btfError('BTF_VALUE', `a value of type ${id} has more than ${most} parts`, {
      facts: { type: id },
    });
}

function checkRoom(reader: Reader, id: BtfTypeId, at: number, size: number): void {
  if (at + size > reader.view.byteLength)
    throw btfError(
      'BTF_VALUE',
      `${size} bytes of type ${id} at offset ${at} reach beyond the value's ${reader.view.byteLength}`,
      {
        facts: { type: id, offset: at, length: size, size: reader.view.byteLength },
      },
    );
}

function* readMembers(
  reader: Reader,
  members: readonly BtfMember[],
  at: number,
  depth: number,
): Generator<[string, BtfValue]> {
  for (const member of members) {
    const inner = anonymousComposite(reader.btf, member);
    if (inner !== undefined) {
      if (depth > MAX_VALUE_DEPTH) throw cycle(member.type);
      countPart(reader, member.type);
      yield* readMembers(reader, inner.members, at + member.bitOffset / 8, depth + 1);
    } else if (member.bitfieldSize > 0) {
      if (member.name !== '') yield [member.name, readBits(reader, member, at)];
    } else yield [member.name, readAt(reader, member.type, at + member.bitOffset / 8, depth + 1)];
  }
}

function readScalar(reader: Reader, id: BtfTypeId, type: Scalar, at: number): BtfValue {
  const size = type.kind === 'ptr' ? 8 : type.size;
  checkRoom(reader, id, at, size);
  const { view, littleEndian } = reader;
  if (type.kind === 'float' && size === 8) return view.getFloat64(at, littleEndian);
  if (type.kind === 'float' && size === 4) return view.getFloat32(at, littleEndian);
  const unsigned = readUnsigned(reader, at, size);
  return present(type, unsigned, size * 8);
}

function readUnsigned({ view, littleEndian }: Reader, at: number, size: number): bigint {
  if (size === 1) return BigInt(view.getUint8(at));
  if (size === 2) return BigInt(view.getUint16(at, littleEndian));
  if (size === 4) return BigInt(view.getUint32(at, littleEndian));
  if (size === 8) return view.getBigUint64(at, littleEndian);
  let value = 0n;
  for (let index = 0; index < size; index++)
    value = (value << 8n) | BigInt(view.getUint8(littleEndian ? at + size - 1 - index : at + index));
  return value;
}

/** Gives raw bits the form that their type asks for. */
function present(type: Scalar, unsigned: bigint, bits: number): BtfValue {
  const value = isSigned(type) ? BigInt.asIntN(bits, unsigned) : unsigned;
  if (type.kind === 'int' && type.bool) return unsigned !== 0n;
  if (type.kind === 'enum' || type.kind === 'enum64') {
    const name = type.values.find((candidate) => BigInt.asUintN(bits, candidate.value) === unsigned)?.name;
    if (name !== undefined) return name;
  }
  return bits <= 32 && type.kind !== 'ptr' ? Number(value) : value;
}

function readBits(reader: Reader, member: BtfMember, base: number): BtfValue {
  const resolved = resolve(reader.btf, member.type);
  const type = typeAt(reader.btf, resolved);
  if (type.kind !== 'int' && type.kind !== 'enum' && type.kind !== 'enum64')
    throw btfError('BTF_VALUE', `bit-field ${member.name} is of type ${resolved} (${type.kind})`, {
      facts: { type: resolved, member: member.name },
    });
  countPart(reader, resolved);
  const first = base + Math.floor(member.bitOffset / 8);
  const within = member.bitOffset % 8;
  const bytes = Math.ceil((within + member.bitfieldSize) / 8);
  checkRoom(reader, resolved, first, bytes);
  const shift = reader.littleEndian ? within : bytes * 8 - within - member.bitfieldSize;
  const raw = readUnsigned(reader, first, bytes) >> BigInt(shift);
  return present(type, BigInt.asUintN(member.bitfieldSize, raw), member.bitfieldSize);
}

function readArray(reader: Reader, element: BtfTypeId, length: number, at: number, depth: number): BtfValue {
  const size = length === 0 ? trySizeOf(reader.btf, element) : sizeOf(reader.btf, element);
  if (size === undefined || size === 0) return [];
  checkRoom(reader, element, at, size * length);
  if (isChar(reader.btf, element)) {
    const text = readText(reader, at, length);
    if (text !== undefined) return text;
  }
  const values: BtfValue[] = [];
  for (let index = 0; index < length; index++)
    values.push(readAt(reader, element, at + index * size, depth + 1));
  return values;
}

function readText({ view }: Reader, at: number, length: number): string | undefined {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length);
  const end = bytes.indexOf(0);
  if (end >= 0 && bytes.subarray(end).some((byte) => byte !== 0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      end < 0 ? bytes : bytes.subarray(0, end),
    );
  } catch {
    return undefined;
  }
}
