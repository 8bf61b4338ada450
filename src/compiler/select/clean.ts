import type { MachineBlock } from '../machine/function.js';
import type { MachineInstruction, VirtualRegister } from '../machine/instruction.js';
import { definitionOf, isPure, usesOf } from '../machine/operands.js';
import type { MachineBuilder } from './builder.js';

/** Takes out what nobody needs, and extensions of what was extended all along. */
export function cleaned(
  builder: MachineBuilder,
  from: readonly (readonly MachineInstruction[])[],
): MachineBlock[] {
  const blocks = from.map((instructions) => instructions.map((each) => withoutExtension(builder, each)));
  const needed = neededRegisters(blocks);
  return blocks.map((instructions) => {
    const kept = instructions.filter((instruction) => {
      const result = definitionOf(instruction);
      return !isPure(instruction) || (result !== undefined && needed.has(result));
    });
    return { instructions: kept, frequency: 1 };
  });
}

/** Now that phis know where their values come from, more upper bits are known to be zero. */
function withoutExtension(builder: MachineBuilder, instruction: MachineInstruction): MachineInstruction {
  if (instruction.kind === 'zext' && builder.zeroFrom(instruction.src) <= 32) {
    return { ...instruction, kind: 'copy' };
  }
  if (instruction.kind !== 'alu' || instruction.op !== 'and' || instruction.core !== undefined)
    return instruction;
  const { dst, left, right, location } = instruction;
  const keeps =
    right.kind === 'imm' && Number.isInteger(Math.log2(right.imm + 1)) ? Math.log2(right.imm + 1) : 0;
  if (keeps === 0 || builder.zeroFrom(left) > keeps) return instruction;
  return { kind: 'copy', dst, src: left, location };
}

function neededRegisters(blocks: readonly (readonly MachineInstruction[])[]): ReadonlySet<VirtualRegister> {
  const definitions = new Map<VirtualRegister, MachineInstruction>();
  const waiting: VirtualRegister[] = [];
  for (const instruction of blocks.flat()) {
    const result = definitionOf(instruction);
    if (result !== undefined) definitions.set(result, instruction);
    if (!isPure(instruction)) waiting.push(...usesOf(instruction));
  }
  const needed = new Set<VirtualRegister>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (needed.has(next)) continue;
    needed.add(next);
    const definition = definitions.get(next);
    if (definition !== undefined) waiting.push(...usesOf(definition));
  }
  return needed;
}
