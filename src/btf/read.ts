import type { StringTable } from '../bytes/string-table.js';
import { btfError } from '../errors/btf.js';
import { INT_ENCODING, KINDS, type KindName, LINKAGES, TYPE_HEADER_BYTES } from './constants.js';
import { type BtfSection, beyond, readBtfSection } from './header.js';
import { checkReferences, normaliseBitfields } from './normalise.js';
import type { Btf, BtfMember, BtfParam, BtfType } from './types.js';

/** Walks the type part; every read is preceded by `need`. */
interface Cursor {
  readonly section: BtfSection;
  readonly label: string;
  readonly id: number;
  /** In bytes from the start of the type part. */
  at: number;
  /** The highest type id that members and parameters name. */
  highest: number;
}

interface TypeHeader {
  readonly name: string;
  readonly vlen: number;
  readonly kindFlag: boolean;
  /** Size or type id, by kind. */
  readonly value: number;
}

/**
 * Reads a BTF section of either byte order: all kinds up to `enum64`. Bit-fields of the old encoding (an `int` of odd
 * width) are read as those of the new one. Every type id in the result exists. Members and parameters are checked now
 * and decoded when asked for: a kernel has more than a hundred thousand, of which few are ever looked at.
 *
 * @param section the name to use in errors.
 * @param base for split BTF, as kernel modules have it: the kernel's. The result holds the types of both.
 * @throws {SkepError} `BTF_*`, naming the section and offset.
 */
export function readBtf(bytes: Uint8Array, section = '.BTF', base?: Btf): Btf {
  const whole = readBtfSection(bytes, section);
  const parts =
    base === undefined ? whole : { ...whole, strings: stringsAfter(base, whole.strings, section) };
  const types: BtfType[] = base === undefined ? [{ kind: 'void' }] : [...base.types];
  let at = 0;
  let highest = 0;
  while (at < parts.types.byteLength) {
    const cursor: Cursor = { section: parts, label: section, id: types.length, at, highest };
    const type = readType(cursor);
    types.push(type);
    ({ at, highest } = cursor);
    if ('type' in type) highest = Math.max(highest, type.type);
  }
  if (highest >= types.length) checkReferences(types, section);
  const btf: Btf = { types: normaliseBitfields(types), ...(base === undefined ? {} : { base }) };
  stringTables.set(btf, parts.strings);
  return btf;
}

/** The strings of what was read, for split BTF that goes on from them. */
const stringTables = new WeakMap<Btf, StringTable>();

/** Strings of split BTF: the base's, then its own. */
function stringsAfter(base: Btf, own: StringTable, label: string): StringTable {
  const first = stringTables.get(base);
  if (first === undefined)
    throw btfError('BTF_UNSUPPORTED', `${label}: the base of split BTF has to be read from bytes, not made`);
  const { size } = first;
  return {
    size: size + own.size,
    has: (offset) => (offset < size ? first.has(offset) : own.has(offset - size)),
    at: (offset) => (offset < size ? first.at(offset) : own.at(offset - size)),
  };
}

function need(cursor: Cursor, bytes: number): number {
  const { types, typesAt } = cursor.section;
  if (cursor.at + bytes > types.byteLength)
    throw beyond(cursor.label, typesAt + cursor.at, bytes, typesAt + types.byteLength);
  const at = cursor.at;
  cursor.at += bytes;
  return at;
}

/** Checks records that start with a name and a type id, and leaves them for later. */
function needEntries(cursor: Cursor, count: number, step: number): number {
  const { types, littleEndian, strings } = cursor.section;
  const start = need(cursor, count * step);
  for (let at = start; at < cursor.at; at += step) {
    const offset = types.getUint32(at, littleEndian);
    if (offset !== 0 && !strings.has(offset)) name(cursor, offset);
    cursor.highest = Math.max(cursor.highest, types.getUint32(at + 4, littleEndian));
  }
  return start;
}

function malformed(cursor: Cursor, message: string) {
  return btfError('BTF_MALFORMED', `${cursor.label}: type ${cursor.id} ${message}`, {
    facts: { section: cursor.label, offset: cursor.section.typesAt + cursor.at, type: cursor.id },
  });
}

function name(cursor: Cursor, offset: number): string {
  if (offset === 0) return '';
  const text = cursor.section.strings.at(offset);
  if (text === undefined) throw malformed(cursor, `has a name at ${offset}, outside the strings`);
  return text;
}

function readType(cursor: Cursor): BtfType {
  const { types, littleEndian } = cursor.section;
  const at = need(cursor, TYPE_HEADER_BYTES);
  const info = types.getUint32(at + 4, littleEndian);
  const number = (info >>> 24) & 0x1f;
  const kind = KINDS[number - 1];
  if (kind === undefined) throw malformed(cursor, `is of kind ${number}, which is unknown`);
  const header: TypeHeader = {
    name: name(cursor, types.getUint32(at, littleEndian)),
    vlen: info & 0xffff,
    kindFlag: info >>> 31 === 1,
    value: types.getUint32(at + 8, littleEndian),
  };
  return READERS[kind](cursor, header);
}

type Reader = (cursor: Cursor, header: TypeHeader) => BtfType;

const readEnumKind =
  (kind: 'enum' | 'enum64'): Reader =>
  (cursor, header) => {
    const { types, littleEndian } = cursor.section;
    const step = kind === 'enum' ? 8 : 12;
    const start = need(cursor, header.vlen * step);
    const signed = header.kindFlag;
    const values = Array.from({ length: header.vlen }, (_, index) => {
      const at = start + index * step;
      const low = types.getUint32(at + 4, littleEndian);
      const high = kind === 'enum' ? 0 : types.getUint32(at + 8, littleEndian);
      const unsigned = (BigInt(high) << 32n) | BigInt(low);
      const value = signed ? BigInt.asIntN(kind === 'enum' ? 32 : 64, unsigned) : unsigned;
      return { name: name(cursor, types.getUint32(at, littleEndian)), value };
    });
    return { kind, name: header.name, size: header.value, signed, values };
  };

const readComposite =
  (kind: 'struct' | 'union'): Reader =>
  (cursor, header) => {
    const { types, littleEndian } = cursor.section;
    const start = needEntries(cursor, header.vlen, 12);
    let members: readonly BtfMember[] | undefined;
    return {
      kind,
      name: header.name,
      size: header.value,
      get members() {
        members ??= Array.from({ length: header.vlen }, (_, index) => {
          const at = start + index * 12;
          const place = types.getUint32(at + 8, littleEndian);
          return {
            name: name(cursor, types.getUint32(at, littleEndian)),
            type: types.getUint32(at + 4, littleEndian),
            bitOffset: header.kindFlag ? place & 0xffffff : place,
            bitfieldSize: header.kindFlag ? place >>> 24 : 0,
          };
        });
        return members;
      },
    };
  };

const readModifier =
  (kind: 'volatile' | 'const' | 'restrict' | 'ptr'): Reader =>
  (_, header) => ({ kind, type: header.value });

function readInt(cursor: Cursor, header: TypeHeader): BtfType {
  const at = need(cursor, 4);
  const data = cursor.section.types.getUint32(at, cursor.section.littleEndian);
  const encoding = (data >>> 24) & 0x0f;
  const int = {
    kind: 'int' as const,
    name: header.name,
    size: header.value,
    bits: data & 0xff,
    bitOffset: (data >>> 16) & 0xff,
    signed: (encoding & INT_ENCODING.SIGNED) !== 0,
    char: (encoding & INT_ENCODING.CHAR) !== 0,
    bool: (encoding & INT_ENCODING.BOOL) !== 0,
  };
  if (![1, 2, 4, 8, 16].includes(int.size) || int.bits + int.bitOffset > int.size * 8)
    throw malformed(cursor, `is an integer of ${int.bits} bits in ${int.size} bytes`);
  return int;
}

function readArray(cursor: Cursor): BtfType {
  const { types, littleEndian } = cursor.section;
  const at = need(cursor, 12);
  cursor.highest = Math.max(cursor.highest, types.getUint32(at + 4, littleEndian));
  return {
    kind: 'array',
    type: types.getUint32(at, littleEndian),
    indexType: types.getUint32(at + 4, littleEndian),
    length: types.getUint32(at + 8, littleEndian),
  };
}

function linkage(cursor: Cursor, number: number) {
  const word = LINKAGES[number];
  if (word === undefined) throw malformed(cursor, `has linkage ${number}, which is unknown`);
  return word;
}

function readProto(cursor: Cursor, header: TypeHeader): BtfType {
  const { types, littleEndian } = cursor.section;
  const start = needEntries(cursor, header.vlen, 8);
  cursor.highest = Math.max(cursor.highest, header.value);
  let params: readonly BtfParam[] | undefined;
  return {
    kind: 'func_proto',
    returns: header.value,
    get params() {
      params ??= Array.from({ length: header.vlen }, (_, index) => ({
        name: name(cursor, types.getUint32(start + index * 8, littleEndian)),
        type: types.getUint32(start + index * 8 + 4, littleEndian),
      }));
      return params;
    },
  };
}

function readVar(cursor: Cursor, header: TypeHeader): BtfType {
  const at = need(cursor, 4);
  const number = cursor.section.types.getUint32(at, cursor.section.littleEndian);
  return { kind: 'var', name: header.name, type: header.value, linkage: linkage(cursor, number) };
}

function readDatasec(cursor: Cursor, header: TypeHeader): BtfType {
  const { types, littleEndian } = cursor.section;
  const start = need(cursor, header.vlen * 12);
  for (let at = start; at < cursor.at; at += 12) {
    cursor.highest = Math.max(cursor.highest, types.getUint32(at, littleEndian));
  }
  const vars = Array.from({ length: header.vlen }, (_, index) => ({
    type: types.getUint32(start + index * 12, littleEndian),
    offset: types.getUint32(start + index * 12 + 4, littleEndian),
    size: types.getUint32(start + index * 12 + 8, littleEndian),
  }));
  return { kind: 'datasec', name: header.name, size: header.value, vars };
}

function readDeclTag(cursor: Cursor, header: TypeHeader): BtfType {
  const at = need(cursor, 4);
  const componentIndex = cursor.section.types.getInt32(at, cursor.section.littleEndian);
  const attribute = header.kindFlag ? { attribute: true } : {};
  return { kind: 'decl_tag', name: header.name, type: header.value, componentIndex, ...attribute };
}

const READERS: Readonly<Record<KindName, Reader>> = {
  int: readInt,
  ptr: readModifier('ptr'),
  array: readArray,
  struct: readComposite('struct'),
  union: readComposite('union'),
  enum: readEnumKind('enum'),
  fwd: (_, header) => ({ kind: 'fwd', name: header.name, union: header.kindFlag }),
  typedef: (_, header) => ({ kind: 'typedef', name: header.name, type: header.value }),
  volatile: readModifier('volatile'),
  const: readModifier('const'),
  restrict: readModifier('restrict'),
  func: (cursor, header) => ({
    kind: 'func',
    name: header.name,
    type: header.value,
    linkage: linkage(cursor, header.vlen),
  }),
  func_proto: readProto,
  var: readVar,
  datasec: readDatasec,
  float: (_, header) => ({ kind: 'float', name: header.name, size: header.value }),
  decl_tag: readDeclTag,
  type_tag: (_, header) => ({
    kind: 'type_tag',
    name: header.name,
    type: header.value,
    ...(header.kindFlag ? { attribute: true } : {}),
  }),
  enum64: readEnumKind('enum64'),
};
