import type { AluOp, Width } from '../../isa/index.js';
import type { Operation } from '../ir/instruction.js';
import type { IrType } from '../ir/type.js';
import type { BinaryOperation, ValueId } from '../ir/value.js';
import type { VirtualRegister } from '../machine/instruction.js';
import { addressOf } from './address.js';
import { imm, reg } from './builder.js';
import { choose, isBitTest } from './condition.js';
import type { Selector } from './selector.js';
import { operandOf, registerOf, signExtended, zeroExtended } from './values.js';

/** The flag of `trunc` that says so. */
const NO_UNSIGNED_WRAP = 1;

type Alu = Exclude<AluOp, 'mov'>;

/** What each operation needs of the bits above those of its type: nothing, zeros, or copies of the sign. */
const BINARY: Readonly<
  Record<
    BinaryOperation,
    { readonly op: Alu; readonly left: 'any' | 'zero' | 'sign'; readonly right: 'any' | 'zero' | 'sign' }
  >
> = {
  add: { op: 'add', left: 'any', right: 'any' },
  sub: { op: 'sub', left: 'any', right: 'any' },
  mul: { op: 'mul', left: 'any', right: 'any' },
  and: { op: 'and', left: 'any', right: 'any' },
  or: { op: 'or', left: 'any', right: 'any' },
  xor: { op: 'xor', left: 'any', right: 'any' },
  shl: { op: 'lsh', left: 'any', right: 'zero' },
  lshr: { op: 'rsh', left: 'zero', right: 'zero' },
  ashr: { op: 'arsh', left: 'sign', right: 'zero' },
  udiv: { op: 'div', left: 'zero', right: 'zero' },
  urem: { op: 'mod', left: 'zero', right: 'zero' },
  sdiv: { op: 'sdiv', left: 'sign', right: 'sign' },
  srem: { op: 'smod', left: 'sign', right: 'sign' },
};

export function selectBinary(
  s: Selector,
  id: ValueId,
  operation: Extract<Operation, { kind: 'binary' }>,
): void {
  // Logic over conditions is computed where it is looked at, unless someone wants its value.
  if (s.isLogical(operation)) {
    if (!s.uses.only(id, 'condition')) s.set(id, logicValue(s, operation));
    return;
  }
  if (operation.operation === 'and' && isBitTest(s, id)) return;
  s.set(id, binary(s, operation.operation, operation.left, operation.right));
}

function logicValue(
  s: Selector,
  { operation, left, right }: Extract<Operation, { kind: 'binary' }>,
): VirtualRegister {
  const number = s.constantOf(right);
  // True is -1 in one bit, and 1 in a register.
  const other = number === undefined ? operandOf(s, right, 32) : imm(Number(number & 1n));
  return s.builder.alu(BINARY[operation].op, 32, registerOf(s, left), other);
}

/** Computes `left op right` in the type of `left`. */
export function binary(
  s: Selector,
  operation: BinaryOperation,
  left: ValueId,
  right: ValueId,
): VirtualRegister {
  const bits = s.bits(s.typeOfValue(left));
  const row = BINARY[operation];
  if ((row.op === 'sdiv' || row.op === 'smod') && !s.atLeast('v4')) {
    s.unsupported(
      'signed division and remainder need -mcpu=v4',
      'divide unsigned numbers, or compile with -mcpu=v4',
    );
  }
  // Division and shifts to the right look at the upper half; cpu v1 and v2 have no 32-bit arithmetic to hide it.
  const width: Width = bits > 32 || (!s.atLeast('v3') && row.left !== 'any') ? 64 : 32;
  if (operation === 'sub' && s.constantOf(left) === 0n) return negated(s, registerOf(s, right), width);
  const dividend = extendedTo(s, left, bits, width, row.left);
  const number = s.constantOf(right);
  if (number !== undefined) {
    const divisor = row.right === 'zero' && bits < 64 ? BigInt.asUintN(bits, number) : number;
    // Subtracting a number is adding its opposite, which more patterns know.
    const value = row.op === 'sub' ? -divisor : divisor;
    const operand = s.imm(width === 32 ? BigInt.asIntN(32, value) : value);
    if (operand !== undefined) {
      return s.builder.alu(row.op === 'sub' ? 'add' : row.op, width, dividend, operand);
    }
  }
  return s.builder.alu(row.op, width, dividend, reg(extendedTo(s, right, bits, width, row.right)));
}

function extendedTo(
  s: Selector,
  id: ValueId,
  bits: number,
  width: Width,
  need: 'any' | 'zero' | 'sign',
): VirtualRegister {
  const register = registerOf(s, id);
  if (need === 'any' || bits === width) return s.builder.copy(register, width);
  return need === 'zero' ? zeroExtended(s, register, bits, width) : signExtended(s, register, bits, width);
}

export function negated(s: Selector, src: VirtualRegister, width: Width): VirtualRegister {
  const dst = s.builder.register(width);
  s.builder.emit({ kind: 'neg', width, dst, src: s.builder.copy(src, width) });
  return dst;
}

export function selectCast(s: Selector, id: ValueId, cast: Extract<Operation, { kind: 'cast' }>): void {
  const { builder } = s;
  const to = s.type(cast.type);
  const source = s.typeOfValue(cast.operand);
  switch (cast.operation) {
    case 'zext': {
      const bits = s.bits(source);
      const width = s.width(to);
      s.set(id, zeroExtended(s, registerOf(s, cast.operand), bits, width));
      return;
    }
    case 'sext': {
      const bits = s.bits(source);
      const width = s.width(to);
      if (bits === 1) {
        const yes = () => builder.constant(-1n, width);
        s.set(
          id,
          choose(s, cast.operand, width, yes, () => builder.constant(0n, width)),
        );
      } else s.set(id, signExtended(s, registerOf(s, cast.operand), bits, width));
      return;
    }
    case 'trunc':
      s.set(id, truncated(s, cast, to));
      return;
    case 'inttoptr':
      s.set(id, zeroExtended(s, registerOf(s, cast.operand), s.bits(source), 64));
      return;
    case 'ptrtoint':
    case 'ptrtoaddr':
      s.set(id, builder.copy(registerOf(s, cast.operand), s.width(to)));
      return;
    case 'bitcast':
      if (to.kind === 'pointer') s.addresses.set(id, addressOf(s, cast.operand));
      else s.set(id, registerOf(s, cast.operand));
      return;
    case 'addrspacecast': {
      const from = source.kind === 'pointer' ? source.addressSpace : 0;
      const space = to.kind === 'pointer' ? to.addressSpace : 0;
      const dst = builder.register(64);
      const src = registerOf(s, cast.operand);
      builder.emit({ kind: 'addr_space_cast', dst, src, toSpace: space, fromSpace: from });
      s.set(id, dst);
      return;
    }
    case 'fptoui':
    case 'fptosi':
    case 'uitofp':
    case 'sitofp':
    case 'fptrunc':
    case 'fpext':
      s.unsupported('BPF has no floating point', 'use integers: fixed point, or a shift');
      break;
    default:
      cast.operation satisfies never;
  }
}

/** When all that is cut off is zero, as of a `bool` that was loaded, that is known of the result. */
function truncated(
  s: Selector,
  { operand, flags }: Extract<Operation, { kind: 'cast' }>,
  to: IrType,
): VirtualRegister {
  const { builder } = s;
  const source = registerOf(s, operand);
  const [from, bits] = [s.bits(s.typeOfValue(operand)), s.bits(to)];
  const zero = builder.zeroFrom(source);
  // LLVM speaks of the bits of the type; what a register holds above them is another matter.
  const lossless = (flags & NO_UNSIGNED_WRAP) !== 0 && (from === 64 || zero <= from);
  if (!lossless || zero <= bits) return builder.copy(source, s.width(to));
  // A register of its own: of the source it is known only where the result is looked at.
  const dst = builder.register(s.width(to));
  builder.emit({ kind: 'copy', dst, src: source });
  builder.assumeZeroFrom(dst, bits);
  return dst;
}

/** Shifts and masks by a number, in the width of the register. */
export function shifted(
  s: Selector,
  op: 'lsh' | 'rsh' | 'arsh',
  register: VirtualRegister,
  by: number,
): VirtualRegister {
  return by === 0 ? register : s.builder.alu(op, s.builder.widthOf(register), register, imm(by));
}
