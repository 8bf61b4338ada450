import type { Width } from '../../isa/index.js';
import type { BpfCpu } from '../front/front.js';
import type { MachineInstruction, VirtualRegister } from '../machine/instruction.js';
import { definitionOf, successorsOf, withUses } from '../machine/operands.js';
import { immediateDominators } from './dominators.js';

type Blocks = readonly (readonly MachineInstruction[])[];

/**
 * Computes once what is computed again where the first result is at hand: clang shares what C computes twice, but
 * not the extensions that selection adds. Cheap constants and addresses are left, since each use may compute its
 * own; so is what a CO-RE record patches.
 */
export function shareComputations(
  blocks: Blocks,
  widths: readonly Width[],
  cpu: BpfCpu,
): MachineInstruction[][] {
  const successors = blocks.map((instructions) => successorsOf(instructions.at(-1)));
  const sharing = new Sharing(widths, cpu);
  const result: MachineInstruction[][] = blocks.map((instructions) => [...instructions]);
  const children: number[][] = blocks.map(() => []);
  immediateDominators(successors).forEach((dominator, block) => {
    if (block !== 0 && dominator !== undefined) children[dominator]?.push(block);
  });
  // Down the dominator tree; a number below zero leaves a block, and forgets what it computed.
  const waiting = [0];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next < 0) {
      sharing.leave();
      continue;
    }
    result[next] = sharing.enter(blocks[next] ?? []);
    waiting.push(-1, ...(children[next] ?? []));
  }
  return result.map((instructions) =>
    instructions.map((each) => (each.kind === 'phi' ? withUses(each, sharing.known) : each)),
  );
}

class Sharing {
  readonly #widths: readonly Width[];
  readonly #cpu: BpfCpu;
  readonly #available = new Map<string, VirtualRegister>();
  readonly #added: string[][] = [];
  readonly #same = new Map<VirtualRegister, VirtualRegister>();
  readonly #definitions = new Map<VirtualRegister, MachineInstruction>();

  constructor(widths: readonly Width[], cpu: BpfCpu) {
    this.#widths = widths;
    this.#cpu = cpu;
  }

  readonly known = (reg: VirtualRegister): VirtualRegister => this.#same.get(reg) ?? reg;

  leave(): void {
    for (const key of this.#added.pop() ?? []) this.#available.delete(key);
  }

  enter(instructions: readonly MachineInstruction[]): MachineInstruction[] {
    const added: string[] = [];
    this.#added.push(added);
    return instructions.flatMap((original) => {
      const renamed = original.kind === 'phi' ? original : withUses(original, this.known);
      const instruction = this.#cpu >= 'v4' ? signExtension(renamed, this.#definitions) : renamed;
      const dst = definitionOf(instruction);
      if (dst === undefined) return [instruction];
      this.#definitions.set(dst, instruction);
      const key = keyOf(instruction, this.#widths[dst]);
      if (key === undefined) return [instruction];
      const earlier = this.#available.get(key);
      if (earlier !== undefined) {
        this.#same.set(dst, earlier);
        return [];
      }
      this.#available.set(key, dst);
      added.push(key);
      return [instruction];
    });
  }
}

/** What an operation computes; equal for equal results. Undefined when it is not to be shared. */
function keyOf(instruction: MachineInstruction, width: Width | undefined): string | undefined {
  if (instruction.core !== undefined) return undefined;
  switch (instruction.kind) {
    case 'alu': {
      const { op, left, right } = instruction;
      const other = right.kind === 'reg' ? `r${right.reg}` : right.imm;
      return `${op} ${instruction.width} ${width} ${left} ${other}`;
    }
    case 'neg':
      return `neg ${instruction.width} ${width} ${instruction.src}`;
    case 'end':
      return `${instruction.to} ${instruction.bits} ${width} ${instruction.src}`;
    case 'movsx':
      return `movsx ${instruction.width} ${width} ${instruction.bits} ${instruction.src}`;
    case 'zext':
      return `zext ${width} ${instruction.src}`;
    default:
      return undefined;
  }
}

/** Cpu v4 extends a sign in one instruction, where others shift to the left and back. */
function signExtension(
  instruction: MachineInstruction,
  definitions: ReadonlyMap<VirtualRegister, MachineInstruction>,
): MachineInstruction {
  if (instruction.kind !== 'alu' || instruction.op !== 'arsh' || instruction.right.kind !== 'imm') {
    return instruction;
  }
  const { width, dst, right, location } = instruction;
  const shift = definitions.get(instruction.left);
  if (shift?.kind !== 'alu' || shift.op !== 'lsh' || shift.width !== width) return instruction;
  if (shift.right.kind !== 'imm' || shift.right.imm !== right.imm || shift.core !== undefined)
    return instruction;
  const bits = width - right.imm;
  if (bits !== 8 && bits !== 16 && !(bits === 32 && width === 64)) return instruction;
  return { kind: 'movsx', width, bits, dst, src: shift.left, location };
}
