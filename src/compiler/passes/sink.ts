import type { MachineBlock } from '../machine/function.js';
import type { MachineInstruction, VirtualRegister } from '../machine/instruction.js';
import { definitionOf, isPure, successorsOf, usesOf } from '../machine/operands.js';

/**
 * Moves what only one side of a branch needs to that side: the other path is shorter, and a counter that is compared
 * before it grows need not live beside its own successor. Values that the loop around would compute again stay.
 */
export function sinkComputations(blocks: readonly MachineBlock[]): MachineBlock[] {
  const code = blocks.map(({ instructions }) => [...instructions]);
  const users = new Users(code);
  const entries = new Map<number, number>();
  for (const instructions of code) {
    for (const next of new Set(successorsOf(instructions.at(-1)))) {
      entries.set(next, (entries.get(next) ?? 0) + 1);
    }
  }
  // From the last block to the first, and from the end of each: a chain of computations moves as a whole, as far as
  // it can within one pass over its blocks.
  for (let changed = true; changed; ) {
    changed = false;
    code.forEach((instructions, block) => {
      const sides = successorsOf(instructions.at(-1));
      if (new Set(sides).size < 2) return;
      for (let at = instructions.length - 2; at >= 0; at--) {
        const instruction = instructions[at];
        const place = instruction && movable(instruction) ? users.only(instruction) : undefined;
        if (instruction === undefined || place === undefined || place === block) continue;
        if (!sides.some((side) => side === place) || entries.get(place) !== 1) continue;
        instructions.splice(at, 1);
        const target = code[place] ?? [];
        target.splice(afterPhis(target), 0, instruction);
        users.move(instruction, block, place);
        changed = true;
      }
    });
  }
  return blocks.map((block, index) => ({ ...block, instructions: code[index] ?? [] }));
}

function movable(instruction: MachineInstruction): boolean {
  return isPure(instruction) && instruction.kind !== 'phi' && instruction.kind !== 'argument';
}

function afterPhis(instructions: readonly MachineInstruction[]): number {
  const first = instructions.findIndex(({ kind }) => kind !== 'phi');
  return first < 0 ? instructions.length : first;
}

/** How often each block reads each register; a phi reads at the end of the block that its value comes from. */
class Users {
  readonly #counts = new Map<VirtualRegister, Map<number, number>>();

  constructor(code: readonly (readonly MachineInstruction[])[]) {
    code.forEach((instructions, block) => {
      for (const instruction of instructions) {
        if (instruction.kind === 'phi') {
          for (const { reg, block: from } of instruction.incoming) this.#add(reg, from, 1);
        } else for (const reg of usesOf(instruction)) this.#add(reg, block, 1);
      }
    });
  }

  #add(reg: VirtualRegister, block: number, count: number): void {
    const counts = this.#counts.get(reg) ?? new Map<number, number>();
    this.#counts.set(reg, counts);
    const sum = (counts.get(block) ?? 0) + count;
    if (sum === 0) counts.delete(block);
    else counts.set(block, sum);
  }

  /** The only block that reads what an instruction computes. */
  only(instruction: MachineInstruction): number | undefined {
    const result = definitionOf(instruction);
    const counts = result === undefined ? undefined : this.#counts.get(result);
    if (counts?.size !== 1) return undefined;
    return counts.keys().next().value;
  }

  move(instruction: MachineInstruction, from: number, to: number): void {
    for (const reg of usesOf(instruction)) {
      this.#add(reg, from, -1);
      this.#add(reg, to, 1);
    }
  }
}
