import type { MachineInstruction, VirtualRegister } from '../machine/instruction.js';
import { successorsOf, withUses } from '../machine/operands.js';

type Blocks = readonly (readonly MachineInstruction[])[];
/** Registers by what they hold. */
type Held = ReadonlyMap<string, VirtualRegister>;

/** After so many rounds the code is left as it is; two or three are usual. */
const MAX_ROUNDS = 20;

/**
 * Takes the address of a variable, or a number of 64 bits, from the register that has it on every path that leads here,
 * as long as no call lies between: behind one only the few registers that survive calls would have it still. Both take
 * two slots of code; who finds no register for them computes them again.
 */
export function shareAddresses(blocks: Blocks): MachineInstruction[][] {
  const outs = heldAtEnds(blocks);
  const same = new Map<VirtualRegister, VirtualRegister>();
  const known = (reg: VirtualRegister): VirtualRegister => same.get(reg) ?? reg;
  const before = predecessorsOf(blocks);
  const kept = blocks.map((instructions, block) => {
    const held = new Map(outs === undefined ? [] : heldAtStart(block, before, outs));
    return instructions.filter((instruction) => {
      const key = keyOf(instruction);
      const earlier = key === undefined ? undefined : held.get(key);
      if (earlier !== undefined && 'dst' in instruction && instruction.dst !== undefined) {
        same.set(instruction.dst, earlier);
        return false;
      }
      follow(instruction, held);
      return true;
    });
  });
  return kept.map((instructions) => instructions.map((each) => withUses(each, known)));
}

/** What registers hold at the end of each block, whatever way led to it. */
function heldAtEnds(blocks: Blocks): readonly (Held | undefined)[] | undefined {
  const before = predecessorsOf(blocks);
  const outs: (Held | undefined)[] = blocks.map(() => undefined);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let changed = false;
    blocks.forEach((instructions, block) => {
      const held = new Map(heldAtStart(block, before, outs));
      for (const instruction of instructions) follow(instruction, held);
      if (!isSame(outs[block], held)) changed = true;
      outs[block] = held;
    });
    if (!changed) return outs;
  }
  return undefined;
}

/** A block that was not looked at yet is taken to hold whatever is asked for. */
function heldAtStart(block: number, before: readonly number[][], outs: readonly (Held | undefined)[]): Held {
  if (block === 0) return new Map();
  const [first, ...others] = (before[block] ?? []).flatMap((from) => outs[from] ?? []);
  if (first === undefined) return new Map();
  return new Map([...first].filter(([key, reg]) => others.every((other) => other.get(key) === reg)));
}

function follow(instruction: MachineInstruction, held: Map<string, VirtualRegister>): void {
  if (instruction.kind === 'call' || instruction.kind === 'asm') held.clear();
  const key = keyOf(instruction);
  if (key === undefined || held.has(key)) return;
  if ('dst' in instruction && instruction.dst !== undefined) held.set(key, instruction.dst);
}

/** What takes two slots to compute; undefined for all else, and for what the loader corrects. */
function keyOf(instruction: MachineInstruction): string | undefined {
  if (instruction.core !== undefined) return undefined;
  if (instruction.kind === 'symbol') return `symbol ${instruction.symbol.value} ${instruction.symbol.addend}`;
  if (instruction.kind !== 'constant' || instruction.wide === true) return undefined;
  const { value } = instruction;
  return value === BigInt.asIntN(32, value) ? undefined : `number ${value}`;
}

function isSame(one: Held | undefined, other: Held): boolean {
  return one?.size === other.size && [...one].every(([key, reg]) => other.get(key) === reg);
}

function predecessorsOf(blocks: Blocks): number[][] {
  const before: number[][] = blocks.map(() => []);
  blocks.forEach((instructions, block) => {
    for (const next of new Set(successorsOf(instructions.at(-1)))) before[next]?.push(block);
  });
  return before;
}
