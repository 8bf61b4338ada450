import type { Reg } from '../../isa/index.js';
import { type Code, type Item, successors } from './item.js';

/** The constants that registers hold, with all 64 bits. */
type Known = ReadonlyMap<Reg, bigint>;

/** Takes out constants that are put where they already are, on every path that leads there. */
export function dropRepeatedConstants(code: Code, registers: readonly Reg[]): void {
  const entries: (Known | undefined)[] = code.blocks.map(() => undefined);
  entries[0] = new Map();
  const waiting = [0];
  for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
    const state = new Map(entries[block]);
    for (const item of code.blocks[block]?.items ?? []) run(code, item, registers, state);
    for (const next of successors(code.blocks[block]?.ending ?? { kind: 'unreachable' })) {
      const before = entries[next];
      const after = before === undefined ? state : common(before, state);
      if (before !== undefined && after.size === before.size) continue;
      entries[next] = after;
      waiting.push(next);
    }
  }
  code.blocks.forEach((block, index) => {
    const state = new Map(entries[index]);
    block.items = block.items.filter((item) => {
      const [to] = item.operands;
      const written = constantOf(code, item);
      const held = to === undefined ? undefined : state.get(registers[to.node] ?? 0);
      run(code, item, registers, state);
      return written === undefined || written !== held;
    });
  });
}

function common(one: Known, other: Known): Known {
  return new Map([...one].filter(([register, key]) => other.get(register) === key));
}

/** The constant that an item puts into its register; below zero when what it leaves above 32 bits depends on the cpu. */
function constantOf(code: Code, { source, operands: [to] }: Item): bigint | undefined {
  if (source?.kind !== 'constant' || to === undefined) return undefined;
  return code.widths[to.node] === 32 ? source.value : BigInt.asUintN(64, source.value);
}

function run(code: Code, item: Item, registers: readonly Reg[], state: Map<Reg, bigint>): void {
  const [to, from] = item.operands;
  const constant =
    item.move && from !== undefined ? state.get(registers[from.node] ?? 0) : constantOf(code, item);
  for (const { node, role } of item.operands) if (role !== 'use') state.delete(registers[node] ?? 0);
  for (const register of item.clobbers) state.delete(register);
  if (to !== undefined && constant !== undefined) state.set(registers[to.node] ?? 0, constant);
}
