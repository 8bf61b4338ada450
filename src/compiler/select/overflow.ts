import type { Width } from '../../isa/index.js';
import type { ValueId } from '../ir/value.js';
import type { MachineBlockId, MachineOperand, VirtualRegister } from '../machine/instruction.js';
import { imm, reg } from './builder.js';
import { chooseBy, emitBranch } from './condition.js';
import type { Selector } from './selector.js';
import { registerOf, signExtended, zeroExtended } from './values.js';

type Kind = 'add' | 'sub' | 'mul';
type Branch = (whenTrue: MachineBlockId, whenFalse: MachineBlockId) => void;

interface Checked {
  readonly result: VirtualRegister;
  /** Jumps by whether the exact result does not fit. */
  readonly overflows: Branch;
  readonly left: VirtualRegister;
}

/** `llvm.uadd.with.overflow` and its like: the result, and 1 when it does not fit. */
export function overflowing(
  s: Selector,
  what: string,
  left: ValueId,
  right: ValueId,
): VirtualRegister[] | undefined {
  const [, sign, kind] = /^([us])(add|sub|mul)\.with\.overflow$/.exec(what) ?? [];
  if (sign === undefined) return undefined;
  const { result, overflows } = checked(s, kind as Kind, sign === 's', left, right);
  const one = () => s.builder.constant(1n, 32);
  return [result, chooseBy(s, overflows, 32, one, () => s.builder.constant(0n, 32))];
}

/** `llvm.uadd.sat` and its like: the nearest number that fits. */
export function saturating(
  s: Selector,
  what: string,
  left: ValueId,
  right: ValueId,
): VirtualRegister[] | undefined {
  const [, sign, kind] = /^([us])(add|sub)\.sat$/.exec(what) ?? [];
  if (sign === undefined) return undefined;
  const { result, overflows, left: first } = checked(s, kind as Kind, sign === 's', left, right);
  const { builder } = s;
  const width = builder.widthOf(result);
  const bits = s.bits(s.typeOfValue(left));
  const swapped: Branch = (yes, no) => overflows(no, yes);
  const limit = () => {
    if (sign === 'u') return builder.constant(kind === 'add' ? (1n << BigInt(bits)) - 1n : 0n, width);
    // The sign of the first operand tells which end was passed.
    const spread = builder.alu('arsh', width, first, imm(width - 1));
    const most = (1n << BigInt(bits - 1)) - 1n;
    const end = s.imm(most) ?? reg(builder.constant(most, width));
    return builder.alu('xor', width, spread, end);
  };
  return [chooseBy(s, swapped, width, () => result, limit)];
}

function checked(s: Selector, kind: Kind, signed: boolean, left: ValueId, right: ValueId): Checked {
  const { builder } = s;
  const bits = s.bits(s.typeOfValue(left));
  const extend = signed ? signExtended : zeroExtended;
  // One size up nothing is lost.
  const width: Width = bits <= 16 || (bits < 32 && kind !== 'mul') ? 32 : 64;
  if (bits <= 32) {
    const a = extend(s, registerOf(s, left), bits, width);
    const b = extend(s, registerOf(s, right), bits, width);
    const exact = builder.alu(kind, width, a, reg(b));
    const fitting = extend(s, builder.copy(exact, bits <= 32 ? 32 : 64), bits, width);
    const overflows: Branch = (yes, no) => emitBranch(s, 'jne', width, exact, reg(fitting), yes, no);
    return { result: builder.copy(exact, 32), overflows, left: builder.copy(a, 32) };
  }
  const a = extend(s, registerOf(s, left), bits, 64);
  const b = extend(s, registerOf(s, right), bits, 64);
  const result = builder.alu(kind, 64, a, reg(b));
  return { result, overflows: overflowOf64(s, kind, signed, a, b, result), left: a };
}

function overflowOf64(
  s: Selector,
  kind: Kind,
  signed: boolean,
  a: VirtualRegister,
  b: VirtualRegister,
  result: VirtualRegister,
): Branch {
  const { builder } = s;
  if (kind === 'mul') {
    if (signed) s.unsupported('BPF cannot tell whether a signed product of 64 bits overflows');
    return productOverflows(s, a, b, result);
  }
  if (!signed) {
    const [x, y]: [VirtualRegister, VirtualRegister] = kind === 'add' ? [result, a] : [a, b];
    return (yes, no) => emitBranch(s, 'jlt', 64, x, reg(y), yes, no);
  }
  // Operands of one sign (of different ones, for a difference) and a result of the other.
  const one = builder.alu('xor', 64, a, reg(result));
  const two = builder.alu('xor', 64, kind === 'add' ? b : a, reg(kind === 'add' ? result : b));
  const both = builder.alu('and', 64, one, reg(two));
  return (yes, no) => emitBranch(s, 'jslt', 64, both, imm(0), yes, no);
}

/** `b != 0 && result / b != a`. */
function productOverflows(
  s: Selector,
  a: VirtualRegister,
  b: VirtualRegister,
  result: VirtualRegister,
): Branch {
  const { builder } = s;
  return (yes, no) => {
    const check = builder.block();
    emitBranch(s, 'jeq', 64, b, imm(0) satisfies MachineOperand, no, check);
    builder.at(check);
    const quotient = builder.alu('div', 64, result, reg(b));
    emitBranch(s, 'jne', 64, quotient, reg(a), yes, no);
  };
}
