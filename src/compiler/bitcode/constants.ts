import type { TypeId } from '../ir/type.js';
import {
  BINARY_OPERATIONS,
  CAST_OPERATIONS,
  type Constant,
  FLOAT_PREDICATES,
  type GepFlags,
  INTEGER_PREDICATES,
  type Predicate,
  type Value,
  type ValueId,
} from '../ir/value.js';
import type { BitBlock } from './bitstream.js';
import { bytesToText, Cursor, recordsOf } from './cursor.js';
import type { TypeTable } from './types.js';

const SETTYPE = 1;

/** Appends the constants of a block to `values`. Their operands may lie ahead; {@link checkValues} sees to that. */
export function readConstants(block: BitBlock, types: TypeTable, values: Value[]): void {
  let type = types.integer(32);
  let raw = -1;
  for (const record of recordsOf(block)) {
    const cursor = new Cursor(record, 'a constant');
    if (record.code === SETTYPE) {
      raw = cursor.next();
      type = types.at(raw, cursor);
    } else values.push(readConstant(cursor, type, raw, types));
  }
}

function readConstant(cursor: Cursor, type: TypeId, raw: number, types: TypeTable): Constant {
  const id = () => cursor.next() as ValueId;
  switch (cursor.record.code) {
    case 2:
      return { kind: 'null', type };
    case 3:
      return { kind: 'undef', type };
    case 26:
      return { kind: 'poison', type };
    case 4:
      return { kind: 'integer', type, value: cursor.signedBig() };
    case 5:
      return readWide(cursor, type, types);
    case 6:
      return readFloat(cursor, type, types);
    case 7:
      return { kind: 'aggregate', type, elements: cursor.rest() as ValueId[] };
    case 8:
      return { kind: 'bytes', type, bytes: Uint8Array.from(cursor.rest()) };
    case 9:
      return { kind: 'bytes', type, bytes: Uint8Array.from([...cursor.rest(), 0]) };
    case 22:
      return { kind: 'data', type, elements: cursor.record.operands.map(() => cursor.big()) };
    case 10:
      return {
        kind: 'binary-expression',
        type,
        operation: BINARY_OPERATIONS[cursor.next()] ?? cursor.malformed('An unknown binary operation'),
        left: id(),
        right: id(),
        flags: cursor.nextOr(0),
      };
    case 11: {
      const operation = CAST_OPERATIONS[cursor.next()] ?? cursor.malformed('An unknown cast');
      cursor.next();
      return { kind: 'cast-expression', type, operation, operand: id() };
    }
    case 13:
      return { kind: 'select-expression', type, condition: id(), whenTrue: id(), whenFalse: id() };
    case 17: {
      cursor.next();
      return { kind: 'compare-expression', type, left: id(), right: id(), ...predicate(cursor) };
    }
    case 12:
    case 20:
    case 24:
    case 31:
    case 32:
      return readGep(cursor, type, types);
    case 21: {
      cursor.next();
      return { kind: 'block-address', type, function: id(), block: cursor.next() };
    }
    case 18:
    case 23:
    case 28:
    case 30:
      return readInlineAsm(cursor, type, raw, types);
    default:
      return cursor.unsupported(`A constant of a kind ${cursor.record.code} that C for BPF never has`);
  }
}

/** A comparison's predicate: floats from 0, integers from 32. */
export function predicate(cursor: Cursor): { predicate: Predicate; float: boolean } {
  const number = cursor.next();
  const found = number < 32 ? FLOAT_PREDICATES[number] : INTEGER_PREDICATES[number - 32];
  return { predicate: found ?? cursor.malformed(`An unknown comparison ${number}`), float: number < 32 };
}

/** The flags of a `getelementptr`. */
export function gepFlags(bits: number): GepFlags {
  const inbounds = (bits & 1) !== 0;
  return { inbounds, nusw: inbounds || (bits & 2) !== 0, nuw: (bits & 4) !== 0 };
}

function readWide(cursor: Cursor, type: TypeId, types: TypeTable): Constant {
  const of = types.get(type);
  if (of.kind !== 'integer') cursor.malformed('A wide integer is not of an integer type');
  if (cursor.left > 64) cursor.unsupported('An integer of more than 4096 bits');
  let value = 0n;
  for (let shift = 0n; cursor.left > 0; shift += 64n)
    value |= BigInt.asUintN(64, cursor.signedBig()) << shift;
  return { kind: 'integer', type, value: BigInt.asIntN(of.bits, value) };
}

function readFloat(cursor: Cursor, type: TypeId, types: TypeTable): Constant {
  const of = types.get(type);
  if (of.kind !== 'float') cursor.malformed('A float is not of a float type');
  if (cursor.left > 2) cursor.malformed('A float of more than 128 bits');
  let bits = 0n;
  for (let shift = 0n; cursor.left > 0; shift += 64n) bits |= cursor.big() << shift;
  return { kind: 'float', type, bits };
}

/**
 * `getelementptr` in its five encodings: 12 and 20 (inbounds) of LLVM before 19, with the source type first
 * when the number of operands is odd; 24 with flags, which before LLVM 19 meant an index to stay in range;
 * 31 with such a range; 32 with flags alone.
 */
function readGep(cursor: Cursor, type: TypeId, types: TypeTable): Constant {
  const { code } = cursor.record;
  if (code === 31) cursor.unsupported('A constant address with a range, as only C++ has them');
  let flags = gepFlags(code === 20 ? 1 : 0);
  let source: TypeId | undefined;
  if (code >= 24 || cursor.left % 2 === 1) source = types.at(cursor.next(), cursor);
  if (code === 32) flags = gepFlags(cursor.next());
  if (code === 24) flags = gepFlags(cursor.next() & 1);
  const baseType = cursor.next();
  source ??= types.pointee(baseType) ?? cursor.malformed('A constant address does not say of what');
  const base = cursor.next() as ValueId;
  const indices: ValueId[] = [];
  while (cursor.left > 0) {
    cursor.next();
    indices.push(cursor.next() as ValueId);
  }
  return { kind: 'gep-expression', type, source, base, indices, flags };
}

/** Inline assembly: 30 names its function type, the older encodings are of a pointer to it. */
function readInlineAsm(cursor: Cursor, type: TypeId, raw: number, types: TypeTable): Constant {
  const { code } = cursor.record;
  const functionType = code === 30 ? types.at(cursor.next(), cursor) : types.pointee(raw);
  if (functionType === undefined || types.get(functionType).kind !== 'function') {
    cursor.malformed('Inline assembly is not of a function type');
  }
  const flags = cursor.next();
  const text = () => {
    const length = cursor.next();
    if (length > cursor.left) cursor.malformed('Inline assembly is cut short');
    return bytesToText(Uint8Array.from(Array.from({ length }, () => cursor.next())));
  };
  return {
    kind: 'inline-asm',
    type,
    functionType,
    sideEffect: (flags & 1) !== 0,
    alignStack: (flags & 2) !== 0,
    intelDialect: code !== 18 && (flags & 4) !== 0,
    canThrow: code >= 28 && (flags & 8) !== 0,
    template: text(),
    constraints: text(),
  };
}
