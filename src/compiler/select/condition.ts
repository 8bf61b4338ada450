import type { BranchOp, Width } from '../../isa/index.js';
import type { Operation } from '../ir/instruction.js';
import type { Predicate, ValueId } from '../ir/value.js';
import type { MachineBlockId, MachineOperand, VirtualRegister } from '../machine/instruction.js';
import { imm, reg } from './builder.js';
import type { Selector } from './selector.js';
import { operandOf, registerOf, signExtended, zeroExtended } from './values.js';
import { branchOnWide, isWide } from './wide.js';

type Compare = Extract<Operation, { kind: 'compare' }>;

const BRANCHES: Readonly<
  Record<string, { readonly op: BranchOp; readonly signed: boolean; readonly swapped: BranchOp }>
> = {
  eq: { op: 'jeq', signed: false, swapped: 'jeq' },
  ne: { op: 'jne', signed: false, swapped: 'jne' },
  ugt: { op: 'jgt', signed: false, swapped: 'jlt' },
  uge: { op: 'jge', signed: false, swapped: 'jle' },
  ult: { op: 'jlt', signed: false, swapped: 'jgt' },
  ule: { op: 'jle', signed: false, swapped: 'jge' },
  sgt: { op: 'jsgt', signed: true, swapped: 'jslt' },
  sge: { op: 'jsge', signed: true, swapped: 'jsle' },
  slt: { op: 'jslt', signed: true, swapped: 'jsgt' },
  sle: { op: 'jsle', signed: true, swapped: 'jsge' },
};

/** cpu v1 has no less-than: which branch to take instead, with its operands exchanged. */
const V1_SWAPS: Partial<Record<BranchOp, BranchOp>> = { jlt: 'jgt', jle: 'jge', jslt: 'jsgt', jsle: 'jsge' };

/** Whether a value is a comparison, or logic over such, that is computed only where it is looked at. */
export function isCondition(s: Selector, id: ValueId): boolean {
  if (s.known(id) !== undefined) return false;
  const instruction = s.instruction(id);
  if (instruction === undefined) return false;
  return instruction.kind === 'compare' || s.isLogical(instruction);
}

/** Ends the block with a jump on a condition. */
export function branchOn(
  s: Selector,
  id: ValueId,
  whenTrue: MachineBlockId,
  whenFalse: MachineBlockId,
): void {
  const constant = s.constantOf(id);
  if (constant !== undefined) {
    s.builder.emit({ kind: 'goto', target: (constant & 1n) === 1n ? whenTrue : whenFalse });
    return;
  }
  const instruction = isCondition(s, id) ? s.instruction(id) : undefined;
  switch (instruction?.kind) {
    case 'compare':
      branchOnCompare(s, instruction, whenTrue, whenFalse);
      return;
    case 'binary':
      branchOnLogic(s, instruction, whenTrue, whenFalse);
      return;
    case 'select':
      branchOnChoice(s, instruction, whenTrue, whenFalse);
      return;
    default: {
      const flag = zeroExtended(s, registerOf(s, id), 1, 32);
      emitBranch(s, 'jne', 32, flag, imm(0), whenTrue, whenFalse);
    }
  }
}

function branchOnLogic(
  s: Selector,
  { operation, left, right }: Extract<Operation, { kind: 'binary' }>,
  whenTrue: MachineBlockId,
  whenFalse: MachineBlockId,
): void {
  const { builder } = s;
  if (operation === 'xor') {
    const constant = s.constantOf(right);
    if (constant !== undefined) {
      if (constant === 0n) branchOn(s, left, whenTrue, whenFalse);
      else branchOn(s, left, whenFalse, whenTrue);
      return;
    }
  }
  if (operation !== 'and' && operation !== 'or') {
    const bit = builder.alu(
      operation === 'xor' ? 'xor' : 'add',
      32,
      registerOf(s, left),
      reg(registerOf(s, right)),
    );
    emitBranch(s, 'jne', 32, zeroExtended(s, bit, 1, 32), imm(0), whenTrue, whenFalse);
    return;
  }
  const next = builder.block();
  if (operation === 'and') branchOn(s, left, next, whenFalse);
  else branchOn(s, left, whenTrue, next);
  builder.at(next);
  branchOn(s, right, whenTrue, whenFalse);
}

function branchOnChoice(
  s: Selector,
  { condition, whenTrue: a, whenFalse: b }: Extract<Operation, { kind: 'select' }>,
  whenTrue: MachineBlockId,
  whenFalse: MachineBlockId,
): void {
  const { builder } = s;
  // What is constant needs no block of its own.
  const target = (id: ValueId): MachineBlockId | undefined => {
    const constant = s.constantOf(id);
    return constant === undefined ? undefined : (constant & 1n) === 1n ? whenTrue : whenFalse;
  };
  const first = target(a) ?? builder.block();
  const second = target(b) ?? builder.block();
  branchOn(s, condition, first, second);
  for (const [id, block] of [
    [a, first],
    [b, second],
  ] as const) {
    if (target(id) !== undefined) continue;
    builder.at(block);
    branchOn(s, id, whenTrue, whenFalse);
  }
}

function branchOnCompare(
  s: Selector,
  compare: Compare,
  whenTrue: MachineBlockId,
  whenFalse: MachineBlockId,
): void {
  const row = BRANCHES[compare.predicate satisfies Predicate];
  const type = s.typeOfValue(compare.left);
  if (compare.float || row === undefined) s.unsupported('BPF has no floating point');
  if (isWide(s, compare.left)) {
    branchOnWide(s, compare, row.signed, whenTrue, whenFalse);
    return;
  }
  if (testsBits(s, compare, whenTrue, whenFalse)) return;
  const bits = s.bits(type);
  const width: Width = bits <= 32 && s.atLeast('v3') ? 32 : 64;
  const isConstant = s.constantOf(compare.left) !== undefined && s.constantOf(compare.right) === undefined;
  const [a, b] = isConstant ? [compare.right, compare.left] : [compare.left, compare.right];
  const left = extended(s, a, bits, width, row.signed);
  const number = s.constantOf(b);
  const extendedNumber =
    number === undefined || row.signed
      ? number
      : width === 32
        ? BigInt.asIntN(32, unsigned(number, bits))
        : unsigned(number, bits);
  const right =
    (extendedNumber === undefined ? undefined : s.imm(extendedNumber)) ??
    reg(extended(s, b, bits, width, row.signed));
  emitBranch(s, isConstant ? row.swapped : row.op, width, left, right, whenTrue, whenFalse);
}

const unsigned = (number: bigint, bits: number) => (bits < 64 ? BigInt.asUintN(bits, number) : number);

function extended(s: Selector, id: ValueId, bits: number, width: Width, signed: boolean): VirtualRegister {
  const register = registerOf(s, id);
  if (bits === width) return register;
  return signed ? signExtended(s, register, bits, width) : zeroExtended(s, register, bits, width);
}

/** Whether an `and` serves only to be compared with zero, so that the jump can do it. */
export function isBitTest(s: Selector, id: ValueId): boolean {
  const user = s.uses.user(id);
  if (isWide(s, id)) return false;
  const bits = s.bits(s.typeOfValue(id));
  return (
    user?.kind === 'compare' &&
    (user.predicate === 'eq' || user.predicate === 'ne') &&
    s.constantOf(user.right) === 0n &&
    (bits === 64 || (bits === 32 && s.atLeast('v3')))
  );
}

/** `(x & y) != 0` is one instruction. */
function testsBits(
  s: Selector,
  { predicate, left }: Compare,
  whenTrue: MachineBlockId,
  whenFalse: MachineBlockId,
): boolean {
  const and = s.instruction(left);
  if (and?.kind !== 'binary' || and.operation !== 'and' || s.known(left) !== undefined) return false;
  if (!isBitTest(s, left)) return false;
  const width = s.width(s.typeOfValue(left));
  const mask = operandOf(s, and.right, width);
  const [yes, no] = predicate === 'ne' ? [whenTrue, whenFalse] : [whenFalse, whenTrue];
  emitBranch(s, 'jset', width, registerOf(s, and.left), mask, yes, no);
  return true;
}

/** Emits a conditional jump with what the cpu has. */
export function emitBranch(
  s: Selector,
  op: BranchOp,
  width: Width,
  left: VirtualRegister,
  right: MachineOperand,
  whenTrue: MachineBlockId,
  whenFalse: MachineBlockId,
): void {
  const { builder } = s;
  const swapped = s.atLeast('v2') ? undefined : V1_SWAPS[op];
  if (swapped === undefined) {
    builder.emit({ kind: 'branch', op, width, left, right, whenTrue, whenFalse });
    return;
  }
  const other = right.kind === 'reg' ? right.reg : builder.constant(BigInt(right.imm), width);
  builder.emit({ kind: 'branch', op: swapped, width, left: other, right: reg(left), whenTrue, whenFalse });
}

/** A condition as a number, 1 or 0. */
export function conditionValue(s: Selector, id: ValueId): VirtualRegister {
  return choose(
    s,
    id,
    32,
    () => s.builder.constant(1n, 32),
    () => s.builder.constant(0n, 32),
  );
}

/** One of two values by a condition; the first is computed in any case, the second only when it is needed. */
export function choose(
  s: Selector,
  condition: ValueId,
  width: Width,
  whenTrue: () => VirtualRegister,
  whenFalse: () => VirtualRegister,
): VirtualRegister {
  return chooseBy(s, (yes, no) => branchOn(s, condition, yes, no), width, whenTrue, whenFalse);
}

/** The same by any branch. */
export function chooseBy(
  s: Selector,
  branch: (whenTrue: MachineBlockId, whenFalse: MachineBlockId) => void,
  width: Width,
  whenTrue: () => VirtualRegister,
  whenFalse: () => VirtualRegister,
): VirtualRegister {
  const { builder } = s;
  // Computed before the branch, the first value can be in place when the branch skips the second.
  const first = builder.copy(whenTrue(), width);
  const yes = builder.block();
  const no = builder.block();
  const join = builder.block();
  branch(yes, no);
  builder.at(yes);
  builder.emit({ kind: 'goto', target: join });
  builder.at(no);
  const second = builder.copy(whenFalse(), width);
  const secondEnd = builder.current;
  builder.emit({ kind: 'goto', target: join });
  builder.at(join);
  const dst = builder.register(width);
  const incoming = [
    { reg: first, block: yes },
    { reg: second, block: secondEnd },
  ];
  builder.emit({ kind: 'phi', dst, incoming });
  return dst;
}
