import { type Code, successors } from './item.js';

/** How much more often the body of a loop runs than what is around it; a guess, as everyone's is. */
const LOOP_FACTOR = 8;
const MOST = 1e6;

/** Sets how often each block runs relative to the function: by the loops that it is in. */
export function estimateFrequencies(code: Code): void {
  const next = code.blocks.map(({ ending }) => successors(ending));
  for (const block of code.blocks) block.frequency = 1;
  for (const body of naturalLoops(next)) {
    for (const index of body) {
      const block = code.blocks[index];
      if (block !== undefined) block.frequency = Math.min(MOST, block.frequency * LOOP_FACTOR);
    }
  }
}

/** The blocks of each loop: those that reach an edge back to its head without passing it. */
function naturalLoops(next: readonly (readonly number[])[]): ReadonlySet<number>[] {
  const before: number[][] = next.map(() => []);
  next.forEach((targets, block) => {
    for (const target of targets) before[target]?.push(block);
  });
  const loops = new Map<number, Set<number>>();
  for (const { from, to } of backEdges(next)) {
    const body = loops.get(to) ?? new Set([to]);
    loops.set(to, body);
    const waiting = [from];
    for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
      if (body.has(block)) continue;
      body.add(block);
      waiting.push(...(before[block] ?? []));
    }
  }
  return [...loops.values()];
}

/** Edges to a block that the walk is still inside of. */
function backEdges(next: readonly (readonly number[])[]): { readonly from: number; readonly to: number }[] {
  const edges: { from: number; to: number }[] = [];
  const state = new Map<number, 'open' | 'closed'>([[0, 'open']]);
  const stack = [{ block: 0, at: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const target = next[top.block]?.[top.at++];
    if (target === undefined) {
      state.set(top.block, 'closed');
      stack.pop();
    } else if (state.get(target) === 'open') edges.push({ from: top.block, to: target });
    else if (!state.has(target)) {
      state.set(target, 'open');
      stack.push({ block: target, at: 0 });
    }
  }
  return edges;
}
