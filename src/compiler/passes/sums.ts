import type { Width } from '../../isa/index.js';
import type { MachineInstruction, MachineOperation, VirtualRegister } from '../machine/instruction.js';
import { definitionOf, usesOf } from '../machine/operands.js';

type Alu = Extract<MachineOperation, { kind: 'alu' }>;

/** A value as another one and a number; only the number when it is known. */
interface Sum {
  readonly base: VirtualRegister | undefined;
  readonly number: bigint;
}

/**
 * Adds what is known: numbers that meet in sums, and the difference of two pointers into one object. clang's own
 * back end does the same, since the addresses that its passes leave are not yet numbers.
 */
export function addUp(
  blocks: readonly (readonly MachineInstruction[])[],
  widths: readonly Width[],
): MachineInstruction[][] {
  const sums = new Sums(blocks, widths);
  return blocks.map((instructions) => instructions.map((each) => sums.simplified(each)));
}

class Sums {
  readonly #definitions = new Map<VirtualRegister, MachineInstruction>();
  readonly #readers = new Map<VirtualRegister, number>();
  readonly #widths: readonly Width[];

  constructor(blocks: readonly (readonly MachineInstruction[])[], widths: readonly Width[]) {
    this.#widths = widths;
    for (const instruction of blocks.flat()) {
      const result = definitionOf(instruction);
      if (result !== undefined) this.#definitions.set(result, instruction);
      for (const reg of usesOf(instruction)) this.#readers.set(reg, (this.#readers.get(reg) ?? 0) + 1);
    }
  }

  simplified(instruction: MachineInstruction): MachineInstruction {
    // What a CO-RE record patches is no number yet.
    if (instruction.kind !== 'alu' || instruction.core !== undefined) return instruction;
    const { dst, location, width } = instruction;
    const result = this.#simpler(instruction, width);
    if (result === undefined) return instruction;
    const changed = { ...result, ...(location === undefined ? {} : { location }) };
    this.#definitions.set(dst, changed);
    return changed;
  }

  #simpler(alu: Alu, width: Width): MachineOperation | undefined {
    const { op, dst, left, right } = alu;
    if (op === 'sub' && right.kind === 'reg') {
      const from = this.#sum(left, width);
      const taken = this.#sum(right.reg, width);
      if (from.base !== taken.base) return undefined;
      return { kind: 'constant', dst, value: BigInt.asIntN(width, from.number - taken.number) };
    }
    if (op !== 'add') return undefined;
    return right.kind === 'reg' ? this.#sumOfTwo(alu, right.reg) : this.#sumWithNumber(alu, left, right.imm);
  }

  #sumOfTwo(alu: Alu, right: VirtualRegister): MachineOperation | undefined {
    const first = this.#sum(alu.left, alu.width);
    const second = this.#sum(right, alu.width);
    if (first.base !== undefined && second.base !== undefined) return undefined;
    const [value, { number }] = first.base === undefined ? [right, first] : [alu.left, second];
    const imm = Number(BigInt.asIntN(alu.width, number));
    if (imm !== (imm | 0)) return undefined;
    return this.#sumWithNumber(alu, value, imm) ?? { ...alu, left: value, right: { kind: 'imm', imm } };
  }

  /** `value + number`, where `value` is a sum with another number that nobody else needs, or a number itself. */
  #sumWithNumber(alu: Alu, value: VirtualRegister, number: number): MachineOperation | undefined {
    const { dst, width } = alu;
    const { base, number: known } = this.#sum(value, width);
    const total = BigInt.asIntN(width, known + BigInt(number));
    if (base === undefined) return { kind: 'constant', dst, value: total };
    const inner = this.#definitions.get(value);
    if (inner?.kind !== 'alu' || inner.width !== width || this.#widths[inner.left] !== this.#widths[dst])
      return undefined;
    if (inner.op !== 'add' || inner.right.kind !== 'imm' || inner.core !== undefined) return undefined;
    const imm = Number(BigInt.asIntN(width, BigInt(inner.right.imm) + BigInt(number)));
    if ((this.#readers.get(value) ?? 0) > 1 || imm !== (imm | 0)) return undefined;
    return { kind: 'alu', op: 'add', width, dst, left: inner.left, right: { kind: 'imm', imm } };
  }

  /** What a register holds, in its lowest `width` bits. */
  #sum(register: VirtualRegister, width: Width): Sum {
    const definition = this.#definitions.get(register);
    const self = { base: register, number: 0n };
    if (definition === undefined || definition.core !== undefined) return self;
    if (definition.kind === 'constant') return { base: undefined, number: definition.value };
    // The upper half of a register of 32 bits is not what a sum of 64 bits would be.
    if (definition.kind === 'copy') {
      const whole = width === 32 || this.#widths[definition.src] === 64;
      return whole ? this.#sum(definition.src, width) : self;
    }
    if (definition.kind !== 'alu' || definition.op !== 'add' || definition.right.kind !== 'imm') return self;
    if (definition.width < width) return self;
    const { base, number } = this.#sum(definition.left, width);
    return { base, number: number + BigInt(definition.right.imm) };
  }
}
