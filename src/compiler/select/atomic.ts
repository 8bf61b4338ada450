import type { AtomicOp } from '../../isa/index.js';
import type { Operation, RmwOperation } from '../ir/instruction.js';
import type { ValueId } from '../ir/value.js';
import { accessAddress } from './address.js';
import { negated } from './arithmetic.js';
import { reg } from './builder.js';
import { chooseBy, emitBranch } from './condition.js';
import type { Selector } from './selector.js';
import { registerOf } from './values.js';

const OPERATIONS: Partial<Record<RmwOperation, Exclude<AtomicOp, 'cmpxchg'>>> = {
  add: 'add',
  sub: 'add',
  and: 'and',
  or: 'or',
  xor: 'xor',
  xchg: 'xchg',
};

/** `atomicrmw`: BPF adds, ands, ors, xors and exchanges, in 32 and 64 bits. */
export function selectReadModifyWrite(
  s: Selector,
  id: ValueId,
  rmw: Extract<Operation, { kind: 'rmw' }>,
): void {
  const op = OPERATIONS[rmw.operation];
  const type = s.typeOfValue(rmw.value);
  const width = s.width(type);
  const bits = s.bits(type);
  if (op === undefined)
    s.unsupported(`BPF has no atomic ${rmw.operation}`, 'use a loop with __sync_val_compare_and_swap');
  if (bits !== 32 && bits !== 64)
    s.unsupported(`BPF has no atomic ${rmw.operation} of ${bits} bits`, 'use 32 or 64 bits');
  const fetches = s.uses.count(id) > 0 || op === 'xchg';
  if (!s.atLeast('v3') && (fetches || op !== 'add')) {
    s.unsupported(`an atomic ${rmw.operation}${fetches ? ' whose old value is used' : ''} needs -mcpu=v3`);
  }
  const value = registerOf(s, rmw.value);
  const src = rmw.operation === 'sub' ? negated(s, value, width) : value;
  const dst = fetches ? s.builder.register(width) : undefined;
  const address = accessAddress(s, rmw.pointer);
  s.builder.emit({ kind: 'atomic', op, bytes: bits === 32 ? 4 : 8, ...address, src, dst });
  if (dst !== undefined) s.set(id, dst);
}

/** `cmpxchg`: the old value, and whether it was the expected one. */
export function selectCompareExchange(
  s: Selector,
  id: ValueId,
  operation: Extract<Operation, { kind: 'cmpxchg' }>,
): void {
  const type = s.typeOfValue(operation.expected);
  const width = s.width(type);
  const bits = s.bits(type);
  if (bits !== 32 && bits !== 64)
    s.unsupported(`BPF has no atomic compare and exchange of ${bits} bits`, 'use 32 or 64 bits');
  if (!s.atLeast('v3')) s.unsupported('an atomic compare and exchange needs -mcpu=v3');
  const expected = registerOf(s, operation.expected);
  const dst = s.builder.register(width);
  s.builder.emit({
    kind: 'cmpxchg',
    bytes: bits === 32 ? 4 : 8,
    ...accessAddress(s, operation.pointer),
    expected,
    replacement: registerOf(s, operation.replacement),
    dst,
  });
  const flag = chooseBy(
    s,
    (yes, no) => emitBranch(s, 'jeq', width, dst, reg(expected), yes, no),
    32,
    () => s.builder.constant(1n, 32),
    () => s.builder.constant(0n, 32),
  );
  s.set(id, dst, flag);
}
