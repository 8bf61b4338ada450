import type { BpfCpu } from '../front/front.js';
import type { CompiledFunction, MachineFunction } from '../machine/function.js';
import { colour } from './colour.js';
import { dropRepeatedConstants } from './constants.js';
import { layOutFrame } from './frame.js';
import { Interference } from './interference.js';
import type { Code, Frame, Node } from './item.js';
import { layOutCode } from './layout.js';
import { estimateFrequencies } from './loops.js';
import { lower } from './lower.js';
import { sharedSlots } from './share-slots.js';
import { spill } from './spill.js';

/** After so many rounds of spilling there is no hope; two or three are usual. */
const MAX_ROUNDS = 30;

/**
 * Gives every virtual register one of r0 to r9 or a place on the stack, and puts the code in its order.
 *
 * @throws SourceProblem when the stack is too small
 */
export function allocate(fn: MachineFunction, cpu: BpfCpu): CompiledFunction {
  const code = lower(fn, cpu);
  estimateFrequencies(code);
  const brief = new Set<Node>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { registers, spilled } = colour(new Interference(code), brief);
    if (spilled.length === 0) {
      dropRepeatedConstants(code, registers);
      const shared = sharedSlots(code);
      const home = (slot: number) => shared.get(slot) ?? slot;
      const used = new Set([...usedSlots(code, registers)].map(home));
      const frame = layOutFrame(fn, code, used);
      // A naked function ends as its assembly does.
      const instructions = layOutCode(
        code,
        registers,
        frameOf((slot) => frame.offsets[home(slot)] ?? 0),
        cpu,
      );
      return {
        index: fn.index,
        instructions: fn.naked ? instructions.slice(0, -1) : instructions,
        stackBytes: frame.bytes,
      };
    }
    for (const node of spill(code, spilled, cpu)) brief.add(node);
  }
  throw new RangeError(`no registers could be found for '${fn.name}'`);
}

function frameOf(slotOffset: Frame['slotOffset']): Frame {
  return { slotOffset };
}

/** Slots that some instruction asks for: made once to see. */
function usedSlots(code: Code, registers: readonly number[]): ReadonlySet<number> {
  const used = new Set<number>();
  const frame = frameOf((slot) => {
    used.add(slot);
    return 0;
  });
  for (const { items } of code.blocks) {
    for (const item of items)
      item.make(
        item.operands.map(({ node }) => (registers[node] ?? 0) as 0),
        frame,
      );
  }
  return used;
}
