import type { MachineFunction } from '../machine/function.js';
import { SourceProblem } from '../problem.js';
import type { Code } from './item.js';

const STACK_BYTES = 512;

export interface FrameLayout {
  /** By slot: the offset from r10, below 0. */
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/**
 * Places the stack slots that are used below the frame pointer, the strictest alignment first.
 *
 * @throws SourceProblem naming the largest variables when they need more than BPF's 512 bytes
 */
export function layOutFrame(fn: MachineFunction, code: Code, used: ReadonlySet<number>): FrameLayout {
  const order = code.slots.map((slot, index) => ({ ...slot, index })).filter(({ index }) => used.has(index));
  order.sort((a, b) => b.align - a.align || a.index - b.index);
  const offsets: number[] = [];
  let depth = 0;
  for (const { bytes, align, index } of order) {
    depth = Math.ceil((depth + bytes) / align) * align;
    offsets[index] = -depth;
  }
  if (depth > STACK_BYTES) throw tooDeep(fn, code, depth);
  return { offsets, bytes: depth };
}

function tooDeep(fn: MachineFunction, code: Code, bytes: number): SourceProblem {
  const largest = fn.slots
    .filter(({ name }) => name !== undefined)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3);
  const spills = code.slots.slice(fn.slots.length).reduce((sum, slot) => sum + slot.bytes, 0);
  const parts = largest.map(({ name, bytes: size }) => `'${name}' takes ${size}`);
  if (spills > 0) parts.push(`values that found no register take ${spills}`);
  const [first] = largest;
  return new SourceProblem(
    `'${fn.name}' needs ${bytes} bytes of stack, and BPF has ${STACK_BYTES}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`,
    first?.location,
    'keep large data in a map (a per-CPU array with one entry), or split the function',
  );
}
