import type { KindName } from './constants.js';
import { LINKAGES } from './constants.js';
import { HEADER_WORDS, intFields, kindOf } from './records.js';
import type { BtfMember, BtfType } from './types.js';

/** One record: its words, and the strings that its names are in. */
export interface RecordSource {
  readonly words: Uint32Array;
  readonly start: number;
  readonly name: (offset: number) => string;
}

interface Header {
  readonly name: string;
  readonly vlen: number;
  readonly kindFlag: boolean;
  /** Size or type id, by kind. */
  readonly value: number;
}

/** Makes a type of a record that `indexRecords` has passed. */
export function decodeRecord(record: RecordSource): BtfType {
  const { words, start } = record;
  const info = words[start + 1] ?? 0;
  const kind = kindOf(info);
  if (kind === undefined) throw new Error('records are checked before they are decoded');
  return DECODERS[kind](record, {
    name: record.name(words[start] ?? 0),
    vlen: info & 0xffff,
    kindFlag: info >>> 31 === 1,
    value: words[start + 2] ?? 0,
  });
}

type Decoder = (record: RecordSource, header: Header) => BtfType;

function entries<T>(
  { words, start }: RecordSource,
  { vlen }: Header,
  step: number,
  make: (a: number, b: number, c: number) => T,
): T[] {
  return Array.from({ length: vlen }, (_, index) => {
    const at = start + HEADER_WORDS + index * step;
    return make(words[at] ?? 0, words[at + 1] ?? 0, step > 2 ? (words[at + 2] ?? 0) : 0);
  });
}

const enumeration =
  (kind: 'enum' | 'enum64'): Decoder =>
  (record, header) => {
    const signed = header.kindFlag;
    const values = entries(record, header, kind === 'enum' ? 2 : 3, (name, low, high) => {
      const unsigned = (BigInt(high) << 32n) | BigInt(low);
      const value = signed ? BigInt.asIntN(kind === 'enum' ? 32 : 64, unsigned) : unsigned;
      return { name: record.name(name), value };
    });
    return { kind, name: header.name, size: header.value, signed, values };
  };

const composite =
  (kind: 'struct' | 'union'): Decoder =>
  (record, header) => {
    const members: BtfMember[] = entries(record, header, 3, (name, type, place) => ({
      name: record.name(name),
      type,
      bitOffset: header.kindFlag ? place & 0xffffff : place,
      bitfieldSize: header.kindFlag ? place >>> 24 : 0,
    }));
    return { kind, name: header.name, size: header.value, members };
  };

const modifier =
  (kind: 'volatile' | 'const' | 'restrict' | 'ptr'): Decoder =>
  (_, header) => ({ kind, type: header.value });

function linkage(number: number | undefined) {
  return LINKAGES[number ?? 0] ?? 'static';
}

const DECODERS: Readonly<Record<KindName, Decoder>> = {
  int: ({ words, start }, { name }) => ({ kind: 'int', name, ...intFields(words, start) }),
  ptr: modifier('ptr'),
  array: ({ words, start }) => ({
    kind: 'array',
    type: words[start + HEADER_WORDS] ?? 0,
    indexType: words[start + HEADER_WORDS + 1] ?? 0,
    length: words[start + HEADER_WORDS + 2] ?? 0,
  }),
  struct: composite('struct'),
  union: composite('union'),
  enum: enumeration('enum'),
  fwd: (_, { name, kindFlag }) => ({ kind: 'fwd', name, union: kindFlag }),
  typedef: (_, { name, value }) => ({ kind: 'typedef', name, type: value }),
  volatile: modifier('volatile'),
  const: modifier('const'),
  restrict: modifier('restrict'),
  func: (_, { name, value, vlen }) => ({ kind: 'func', name, type: value, linkage: linkage(vlen) }),
  func_proto: (record, header) => ({
    kind: 'func_proto',
    returns: header.value,
    params: entries(record, header, 2, (name, type) => ({ name: record.name(name), type })),
  }),
  var: ({ words, start }, { name, value }) => ({
    kind: 'var',
    name,
    type: value,
    linkage: linkage(words[start + HEADER_WORDS]),
  }),
  datasec: (record, header) => ({
    kind: 'datasec',
    name: header.name,
    size: header.value,
    vars: entries(record, header, 3, (type, offset, size) => ({ type, offset, size })),
  }),
  float: (_, { name, value }) => ({ kind: 'float', name, size: value }),
  decl_tag: ({ words, start }, { name, value, kindFlag }) => ({
    kind: 'decl_tag',
    name,
    type: value,
    componentIndex: (words[start + HEADER_WORDS] ?? 0) | 0,
    ...(kindFlag ? { attribute: true } : {}),
  }),
  type_tag: (_, { name, value, kindFlag }) => ({
    kind: 'type_tag',
    name,
    type: value,
    ...(kindFlag ? { attribute: true } : {}),
  }),
  enum64: enumeration('enum64'),
};
