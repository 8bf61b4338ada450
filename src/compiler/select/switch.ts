import type { Operation } from '../ir/instruction.js';
import type { MachineBlockId, MachineOperand, VirtualRegister } from '../machine/instruction.js';
import { imm, reg } from './builder.js';
import { emitBranch } from './condition.js';
import type { Selector } from './selector.js';
import { registerOf, zeroExtended } from './values.js';

/** Neighbouring case values that go to one block; both ends are in. */
interface Range {
  readonly low: bigint;
  readonly high: bigint;
  readonly target: MachineBlockId;
}

/** A `switch` as comparisons: a few in a row, many as a binary search. */
export function selectSwitch(s: Selector, operation: Extract<Operation, { kind: 'switch' }>): void {
  const bits = s.bits(s.typeOfValue(operation.value));
  const width = bits <= 32 && s.atLeast('v3') ? 32 : 64;
  const value = zeroExtended(s, registerOf(s, operation.value), bits, width);
  const otherwise = s.entry(operation.otherwise);
  const cases = operation.cases.flatMap(({ value: id, block }) => {
    const number = s.constantOf(id);
    const target = s.entry(block);
    return number === undefined || target === otherwise
      ? []
      : [{ low: BigInt.asUintN(bits, number), high: BigInt.asUintN(bits, number), target }];
  });
  const ranges = merged(cases);
  search(s, { value, width, otherwise }, ranges, 0n, (1n << BigInt(bits)) - 1n);
}

function merged(cases: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const next of [...cases].sort((a, b) => (a.low < b.low ? -1 : 1))) {
    const last = result.at(-1);
    if (last !== undefined && last.target === next.target && last.high + 1n === next.low) {
      result[result.length - 1] = { ...last, high: next.high };
    } else result.push(next);
  }
  return result;
}

interface Subject {
  readonly value: VirtualRegister;
  readonly width: 32 | 64;
  readonly otherwise: MachineBlockId;
}

/** Ends the block with a choice among ranges; the value is known to lie between `least` and `most`. */
function search(s: Selector, subject: Subject, ranges: readonly Range[], least: bigint, most: bigint): void {
  if (ranges.length > 3) {
    const middle = ranges.length >> 1;
    const pivot = ranges[middle]?.low ?? 0n;
    const below = s.builder.block();
    const above = s.builder.block();
    compare(s, subject, 'jlt', pivot, below, above);
    s.builder.at(below);
    search(s, subject, ranges.slice(0, middle), least, pivot - 1n);
    s.builder.at(above);
    search(s, subject, ranges.slice(middle), pivot, most);
    return;
  }
  const [first, ...rest] = ranges;
  if (first === undefined) {
    s.builder.emit({ kind: 'goto', target: subject.otherwise });
    return;
  }
  const next = rest.length === 0 ? subject.otherwise : s.builder.block();
  if (first.low === least && first.high === most) s.builder.emit({ kind: 'goto', target: first.target });
  else if (first.low === first.high) compare(s, subject, 'jeq', first.low, first.target, next);
  else if (first.low === least) compare(s, subject, 'jle', first.high, first.target, next);
  else if (first.high === most) compare(s, subject, 'jge', first.low, first.target, next);
  else {
    const start = s.imm(-first.low);
    const { builder } = s;
    const shifted =
      start === undefined
        ? builder.alu('sub', subject.width, subject.value, reg(builder.constant(first.low, subject.width)))
        : builder.alu('add', subject.width, subject.value, start);
    compare(s, { ...subject, value: shifted }, 'jle', first.high - first.low, first.target, next);
  }
  if (rest.length === 0) return;
  s.builder.at(next);
  search(s, subject, rest, first.low === least ? first.high + 1n : least, most);
}

function compare(
  s: Selector,
  { value, width }: Subject,
  op: 'jeq' | 'jlt' | 'jle' | 'jge',
  number: bigint,
  whenTrue: MachineBlockId,
  whenFalse: MachineBlockId,
): void {
  const signed = width === 32 ? BigInt.asIntN(32, number) : number;
  const fitting: MachineOperand | undefined =
    signed === BigInt.asIntN(32, signed) ? imm(Number(signed)) : undefined;
  emitBranch(s, op, width, value, fitting ?? reg(s.builder.constant(number, width)), whenTrue, whenFalse);
}
