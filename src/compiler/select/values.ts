import type { Width } from '../../isa/index.js';
import { constantAddress } from '../emit/data.js';
import type { ValueId } from '../ir/value.js';
import type { MachineOperand, VirtualRegister } from '../machine/instruction.js';
import { addressOf, addressRegister } from './address.js';
import { imm, reg } from './builder.js';
import { conditionValue, isCondition } from './condition.js';
import type { Selector } from './selector.js';

/** The register that holds a value; code for constants and what was put off is emitted here. */
export function registerOf(s: Selector, id: ValueId): VirtualRegister {
  const known = s.known(id);
  if (known !== undefined) return known;
  if (isCondition(s, id)) return conditionValue(s, id);
  if (s.addresses.has(id)) return addressRegister(s, addressOf(s, id));
  return constant(s, id);
}

function constant(s: Selector, id: ValueId): VirtualRegister {
  const value = s.value(id);
  switch (value.kind) {
    case 'integer': {
      const type = s.typeOfValue(id);
      const bits = s.bits(type);
      // Narrow numbers are kept as the bits they are: what reads them extends them as it needs.
      const number = bits < 32 ? BigInt.asUintN(bits, value.value) : value.value;
      return s.builder.constant(number, s.width(type));
    }
    case 'null':
    case 'undef':
    case 'poison':
      return s.builder.constant(0n, s.width(s.type(value.type)));
    case 'global':
    case 'function':
    case 'alias':
    case 'gep-expression':
    case 'cast-expression':
    case 'binary-expression':
      return symbolic(s, id);
    default:
      return s.unsupported(`BPF cannot compute a value of the kind '${value.kind}'`);
  }
}

function symbolic(s: Selector, id: ValueId): VirtualRegister {
  const value = s.value(id);
  if (value.kind === 'cast-expression' && value.operation === 'addrspacecast') {
    const from = s.typeOfValue(value.operand);
    return s.builder.inKernel(registerOf(s, value.operand), from.kind === 'pointer' ? from.addressSpace : 0);
  }
  const address = constantAddress(s.module, s.fn, id);
  // The distance of two symbols.
  if (address === undefined && value.kind === 'binary-expression' && value.operation === 'sub')
    return s.builder.alu('sub', 64, registerOf(s, value.left), reg(registerOf(s, value.right)));
  if (address === undefined)
    return s.unsupported('an address is computed in a way that no relocation can express');
  const { symbol, addend } = address;
  if (symbol === undefined) return s.builder.constant(BigInt(addend), 64);
  const dst = s.builder.symbol(symbol);
  return addend === 0 ? dst : s.builder.alu('add', 64, dst, imm(addend));
}

/** An immediate when the value is a number that fits one, else its register. */
export function operandOf(s: Selector, id: ValueId, width: Width): MachineOperand {
  const number = s.constantOf(id);
  if (number !== undefined) {
    const fitting = s.imm(width === 32 ? BigInt.asIntN(32, number) : number);
    if (fitting !== undefined) return fitting;
  }
  return reg(registerOf(s, id));
}

/** The value with zeros above its own bits, in a register of the wanted width. */
export function zeroExtended(
  s: Selector,
  register: VirtualRegister,
  bits: number,
  width: Width,
): VirtualRegister {
  const { builder } = s;
  if (bits === 64) return register;
  if (builder.zeroFrom(register) <= bits) return builder.copy(register, width);
  if (bits === 32) {
    if (width === 32) return register;
    return zext32(s, register);
  }
  if (bits < 32) {
    const narrow = builder.alu('and', 32, builder.copy(register, 32), imm(2 ** bits - 1));
    return builder.copy(narrow, width);
  }
  const shift = imm(64 - bits);
  return builder.alu('rsh', 64, builder.alu('lsh', 64, register, shift), shift);
}

function zext32(s: Selector, register: VirtualRegister): VirtualRegister {
  const { builder } = s;
  if (!s.atLeast('v3')) {
    const wide = builder.copy(register, 64);
    return builder.alu('rsh', 64, builder.alu('lsh', 64, wide, imm(32)), imm(32));
  }
  const dst = builder.register(64);
  builder.emit({ kind: 'zext', dst, src: register });
  return dst;
}

/** The value with copies of its sign above its own bits, in a register of the wanted width. */
export function signExtended(
  s: Selector,
  register: VirtualRegister,
  bits: number,
  width: Width,
): VirtualRegister {
  const { builder } = s;
  if (bits >= width) return builder.copy(register, width);
  const source = builder.copy(register, width);
  // With zeros from below the sign bit on there is nothing to extend.
  if (builder.zeroFrom(register) < bits) return source;
  if (s.atLeast('v4') && (bits === 8 || bits === 16 || bits === 32)) {
    const dst = builder.register(width);
    builder.emit({ kind: 'movsx', width, bits, dst, src: source });
    return dst;
  }
  const shift = imm(width - bits);
  return builder.alu('arsh', width, builder.alu('lsh', width, source, shift), shift);
}
