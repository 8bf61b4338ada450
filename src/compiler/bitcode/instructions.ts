import type { AttributeList } from '../ir/attribute.js';
import {
  ATOMIC_ORDERINGS,
  type Atomicity,
  type AtomicOrdering,
  type BlockId,
  type CallFacts,
  type Operand,
  type Operation,
  RMW_OPERATIONS,
} from '../ir/instruction.js';
import type { TypeId } from '../ir/type.js';
import { BINARY_OPERATIONS, CAST_OPERATIONS, type ValueId } from '../ir/value.js';
import { gepFlags, predicate } from './constants.js';
import type { Cursor } from './cursor.js';
import type { FunctionReader } from './function.js';
import { withElementTypes, withLabelConstraints } from './upgrade.js';

/** An operation, and the type of what it computes; `undefined` or void when nothing. */
export interface ReadOperation {
  readonly operation: Operation;
  readonly type: TypeId | undefined;
}

type Reader = (cursor: Cursor, fn: FunctionReader) => ReadOperation;

/** Reads one instruction from its record. */
export function readOperation(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const read = READERS[cursor.record.code];
  if (read !== undefined) return read(cursor, fn);
  return cursor.unsupported(
    `An instruction of a kind ${cursor.record.code} that C for BPF never has`,
    'C++ exceptions, coroutines and the like have no meaning in BPF',
  );
}

const READERS: Readonly<Record<number, Reader>> = {
  2: binary,
  3: cast,
  6: extractElement,
  7: insertElement,
  8: shuffleVector,
  9: compare,
  10: ret,
  11: branch,
  12: switchOn,
  15: () => ({ operation: { kind: 'unreachable' }, type: undefined }),
  16: phi,
  19: alloca,
  20: load,
  23: vaArg,
  26: extractValue,
  27: insertValue,
  28: compare,
  29: select,
  31: indirectBranch,
  34: call,
  36: fence,
  38: rmw,
  41: load,
  43: gep,
  44: store,
  45: store,
  46: cmpxchg,
  56: negate,
  57: callBranch,
  58: freeze,
  59: rmw,
};

function binary(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const left = fn.typed(cursor);
  const right = fn.value(cursor);
  const operation = BINARY_OPERATIONS[cursor.next()] ?? cursor.malformed('An unknown binary operation');
  return {
    operation: { kind: 'binary', operation, left: left.id, right, flags: cursor.nextOr(0) },
    type: left.type,
  };
}

function negate(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const operand = fn.typed(cursor);
  if (cursor.next() !== 0) cursor.malformed('An unknown unary operation');
  return { operation: { kind: 'fneg', operand: operand.id, flags: cursor.nextOr(0) }, type: operand.type };
}

function cast(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const operand = fn.typed(cursor).id;
  const type = fn.types.at(cursor.next(), cursor);
  const operation = CAST_OPERATIONS[cursor.next()] ?? cursor.malformed('An unknown cast');
  return { operation: { kind: 'cast', operation, operand, type, flags: cursor.nextOr(0) }, type };
}

function freeze(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const operand = fn.typed(cursor);
  return { operation: { kind: 'freeze', operand: operand.id }, type: operand.type };
}

function compare(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const left = fn.typed(cursor);
  const right = fn.value(cursor);
  const test = predicate(cursor);
  return {
    operation: { kind: 'compare', ...test, left: left.id, right, flags: cursor.nextOr(0) },
    type: fn.types.truth(left.type),
  };
}

function select(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const whenTrue = fn.typed(cursor);
  const whenFalse = fn.value(cursor);
  const condition = fn.typed(cursor).id;
  return {
    operation: { kind: 'select', condition, whenTrue: whenTrue.id, whenFalse, flags: cursor.nextOr(0) },
    type: whenTrue.type,
  };
}

function phi(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const type = fn.types.at(cursor.next(), cursor);
  const incoming: { value: ValueId; block: BlockId }[] = [];
  while (cursor.left > 1) {
    const id = fn.next - Number(cursor.signedBig());
    if (id < 0) cursor.malformed('A phi refers to a value before the first');
    incoming.push({ value: fn.absolute(id), block: fn.block(cursor.next(), cursor) });
  }
  return { operation: { kind: 'phi', type, incoming, flags: cursor.nextOr(0) }, type };
}

function gep(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const flags = gepFlags(cursor.next());
  const source = fn.types.at(cursor.next(), cursor);
  const base = fn.typed(cursor);
  const indices: ValueId[] = [];
  let type = base.type;
  while (cursor.left > 0) {
    const index = fn.typed(cursor);
    if (fn.types.get(index.type).kind === 'vector') type = index.type;
    indices.push(index.id);
  }
  if (type !== base.type && fn.types.get(base.type).kind !== 'vector') {
    cursor.unsupported('A vector of addresses', 'Compile with -fno-vectorize -fno-slp-vectorize');
  }
  return { operation: { kind: 'gep', source, base: base.id, indices, flags }, type: base.type };
}

/** An alignment, written as its logarithm plus one; 0 is none. */
export function alignment(encoded: number, cursor: Cursor): number {
  if (encoded > 33) cursor.malformed('An alignment exceeds 2^32');
  return encoded === 0 ? 0 : 2 ** (encoded - 1);
}

function alloca(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const raw = cursor.next();
  cursor.next();
  const count = fn.absolute(cursor.next());
  const bits = cursor.next();
  const addressSpace = cursor.nextOr(0);
  const explicit = (bits & 64) !== 0;
  const type = explicit ? fn.types.at(raw, cursor) : fn.types.pointee(raw);
  if (type === undefined) cursor.malformed('An alloca does not say of what');
  const align = alignment((bits & 31) | ((bits >> 3) & 0xe0), cursor);
  return {
    operation: { kind: 'alloca', type, count, align, addressSpace },
    type: fn.types.pointer(addressSpace),
  };
}

function ordering(cursor: Cursor): AtomicOrdering {
  return ATOMIC_ORDERINGS[cursor.next()] ?? cursor.malformed('An unknown memory ordering');
}

function atomicity(cursor: Cursor, fn: FunctionReader): Atomicity {
  const order = ordering(cursor);
  const number = cursor.next();
  const scope = fn.context.syncScopes[number] ?? cursor.malformed(`An unknown sync scope ${number}`);
  return { ordering: order, scope };
}

function load(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const pointer = fn.typed(cursor).id;
  const type = fn.types.at(cursor.next(), cursor);
  const align = alignment(cursor.next(), cursor);
  const isVolatile = cursor.flag();
  const atomic = cursor.record.code === 41 ? atomicity(cursor, fn) : undefined;
  return { operation: { kind: 'load', type, pointer, align, volatile: isVolatile, atomic }, type };
}

function store(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const pointer = fn.typed(cursor).id;
  const value = fn.typed(cursor).id;
  const align = alignment(cursor.next(), cursor);
  const isVolatile = cursor.flag();
  const atomic = cursor.record.code === 45 ? atomicity(cursor, fn) : undefined;
  return {
    operation: { kind: 'store', pointer, value, align, volatile: isVolatile, atomic },
    type: undefined,
  };
}

function cmpxchg(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const pointer = fn.typed(cursor).id;
  const expected = fn.typed(cursor);
  const replacement = fn.value(cursor);
  const isVolatile = cursor.flag();
  const success = atomicity(cursor, fn);
  const failure = ordering(cursor);
  const weak = cursor.flag();
  const align = alignment(cursor.nextOr(0), cursor);
  const operation: Operation = {
    kind: 'cmpxchg',
    pointer,
    expected: expected.id,
    replacement,
    align,
    volatile: isVolatile,
    weak,
    success,
    failure,
  };
  const elements = [expected.type, fn.types.integer(1)];
  return { operation, type: fn.types.intern({ kind: 'struct', name: undefined, packed: false, elements }) };
}

function rmw(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const pointer = fn.typed(cursor);
  const value = fn.typed(cursor);
  const operation = RMW_OPERATIONS[cursor.next()] ?? cursor.malformed('An unknown atomic operation');
  const isVolatile = cursor.flag();
  const atomic = atomicity(cursor, fn);
  const align = alignment(cursor.nextOr(0), cursor);
  return {
    operation: {
      kind: 'rmw',
      operation,
      pointer: pointer.id,
      value: value.id,
      align,
      volatile: isVolatile,
      atomic,
    },
    type: value.type,
  };
}

function fence(cursor: Cursor, fn: FunctionReader): ReadOperation {
  return { operation: { kind: 'fence', atomic: atomicity(cursor, fn) }, type: undefined };
}

function extractValue(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const aggregate = fn.typed(cursor);
  const indices = cursor.rest();
  let { type } = aggregate;
  for (const index of indices) type = fn.types.element(type, index, cursor);
  return { operation: { kind: 'extractvalue', aggregate: aggregate.id, indices }, type };
}

function insertValue(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const aggregate = fn.typed(cursor);
  const element = fn.typed(cursor).id;
  const operation: Operation = {
    kind: 'insertvalue',
    aggregate: aggregate.id,
    element,
    indices: cursor.rest(),
  };
  return { operation, type: aggregate.type };
}

function extractElement(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const vector = fn.typed(cursor);
  const index = fn.typed(cursor).id;
  const type = fn.types.element(vector.type, 0, cursor);
  return { operation: { kind: 'extractelement', vector: vector.id, index }, type };
}

function insertElement(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const vector = fn.typed(cursor);
  const element = fn.value(cursor);
  const index = fn.typed(cursor).id;
  return { operation: { kind: 'insertelement', vector: vector.id, element, index }, type: vector.type };
}

function shuffleVector(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const left = fn.typed(cursor);
  const right = fn.value(cursor);
  const mask = fn.typed(cursor);
  const of = fn.types.get(left.type);
  const by = fn.types.get(mask.type);
  if (of.kind !== 'vector' || by.kind !== 'vector') cursor.malformed('A shuffle is not of vectors');
  return {
    operation: { kind: 'shufflevector', left: left.id, right, mask: mask.id },
    type: fn.types.intern({ ...of, length: by.length }),
  };
}

function vaArg(cursor: Cursor, fn: FunctionReader): ReadOperation {
  cursor.next();
  const list = fn.value(cursor);
  const type = fn.types.at(cursor.next(), cursor);
  return { operation: { kind: 'va_arg', list, type }, type };
}

function ret(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const value = cursor.left === 0 ? undefined : fn.typed(cursor).id;
  return { operation: { kind: 'ret', value }, type: undefined };
}

function branch(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const target = fn.block(cursor.next(), cursor);
  if (cursor.left === 0) return { operation: { kind: 'br', target }, type: undefined };
  const whenFalse = fn.block(cursor.next(), cursor);
  const condition = fn.value(cursor);
  return { operation: { kind: 'condbr', condition, whenTrue: target, whenFalse }, type: undefined };
}

function switchOn(cursor: Cursor, fn: FunctionReader): ReadOperation {
  cursor.next();
  const value = fn.value(cursor);
  const otherwise = fn.block(cursor.next(), cursor);
  const cases: { value: ValueId; block: BlockId }[] = [];
  while (cursor.left > 0) {
    cases.push({ value: fn.absolute(cursor.next()), block: fn.block(cursor.next(), cursor) });
  }
  return { operation: { kind: 'switch', value, otherwise, cases }, type: undefined };
}

function indirectBranch(cursor: Cursor, fn: FunctionReader): ReadOperation {
  cursor.next();
  const address = fn.value(cursor);
  const targets = cursor.rest().map((index) => fn.block(index, cursor));
  return { operation: { kind: 'indirectbr', address, targets }, type: undefined };
}

function attributesOf(cursor: Cursor, fn: FunctionReader): AttributeList | undefined {
  const number = cursor.next();
  if (number === 0) return undefined;
  return fn.context.attributeLists[number - 1] ?? cursor.malformed(`A call has unknown attributes ${number}`);
}

const EXPLICIT_TYPE = 1 << 15;

/** What follows in a call: its function type, callee and arguments. */
function callFacts(
  cursor: Cursor,
  fn: FunctionReader,
  attributes: AttributeList | undefined,
  bits: number,
): { facts: CallFacts; type: TypeId } {
  if ((bits & EXPLICIT_TYPE) === 0) cursor.unsupported('A call is written as before LLVM 4');
  const raw = cursor.next();
  const functionType = fn.types.at(raw, cursor);
  const signature = fn.types.functionAt(raw, cursor);
  const callee = fn.typed(cursor).id;
  const list: Operand[] = signature.parameters.map((type) => fn.argument(type, cursor));
  if (signature.variadic) while (cursor.left > 0) list.push(fn.typed(cursor).id);
  else if (cursor.left > 0) cursor.malformed('A call has more arguments than its function takes');
  return {
    facts: {
      callee,
      functionType,
      arguments: list,
      attributes: withElementTypes(attributes, fn, callee, raw),
      convention: (bits & 0x7ff) >> 1,
      bundles: fn.takeBundles(),
    },
    type: signature.returns,
  };
}

function call(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const attributes = attributesOf(cursor, fn);
  const bits = cursor.next();
  const flags = (bits & (1 << 17)) === 0 ? 0 : cursor.next();
  const { facts, type } = callFacts(cursor, fn, attributes, bits);
  const tail =
    (bits & (1 << 14)) !== 0
      ? 'musttail'
      : (bits & (1 << 16)) !== 0
        ? 'notail'
        : (bits & 1) !== 0
          ? 'tail'
          : 'none';
  return { operation: { kind: 'call', tail, flags, ...facts }, type };
}

function callBranch(cursor: Cursor, fn: FunctionReader): ReadOperation {
  const attributes = attributesOf(cursor, fn);
  const bits = cursor.next();
  const next = fn.block(cursor.next(), cursor);
  const count = cursor.next();
  if (count > cursor.left) cursor.malformed('An asm goto has fewer targets than it says');
  const targets = Array.from({ length: count }, () => fn.block(cursor.next(), cursor));
  const { facts, type } = callFacts(cursor, fn, attributes, bits);
  const upgraded = withLabelConstraints(facts, targets.length, fn);
  return { operation: { kind: 'callbr', next, targets, ...upgraded }, type };
}
