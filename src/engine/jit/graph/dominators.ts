import { type BlockId, type Graph, targetsOf } from './graph.js';

/** What structuring needs to know of a graph. */
export interface Dominators {
  /** Blocks in reverse postorder. */
  readonly order: readonly BlockId[];
  /** Place of each block in `order`. */
  readonly place: Int32Array;
  /** Immediate dominator of each block; the entry's is itself. */
  readonly parent: Int32Array;
  /** Children in the dominator tree, ascending by `place`. */
  readonly children: readonly (readonly BlockId[])[];
  /** Blocks that a later block of the order jumps back to. */
  readonly loopHeader: Uint8Array;
  /** Edges that come from an earlier block of the order. */
  readonly forwardEdges: Int32Array;
  /** Every backward edge ends at a block that dominates its start. */
  readonly reducible: boolean;
}

/** Dominators after Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001). */
export function findDominators(graph: Graph): Dominators {
  const count = graph.blocks.length;
  const order = reversePostorder(graph);
  const place = new Int32Array(count).fill(-1);
  order.forEach((block, at) => {
    place[block] = at;
  });
  const predecessors: BlockId[][] = Array.from({ length: count }, () => []);
  const loopHeader = new Uint8Array(count);
  const forwardEdges = new Int32Array(count);
  for (const block of order) {
    for (const target of targetsOf(graph.blocks[block]!.terminator)) {
      predecessors[target]!.push(block);
      if (place[target]! <= place[block]!) loopHeader[target] = 1;
      else forwardEdges[target]!++;
    }
  }
  const parent = immediateDominators(order, place, predecessors);
  const children: BlockId[][] = Array.from({ length: count }, () => []);
  for (const block of order) if (block !== order[0]) children[parent[block]!]!.push(block);

  const reducible = order.every((block) =>
    targetsOf(graph.blocks[block]!.terminator).every(
      (target) => place[target]! > place[block]! || dominates(parent, place, target, block),
    ),
  );
  return { order, place, parent, children, loopHeader, forwardEdges, reducible };
}

function reversePostorder(graph: Graph): BlockId[] {
  const seen = new Uint8Array(graph.blocks.length);
  const postorder: BlockId[] = [];
  const stack: { block: BlockId; targets: readonly BlockId[]; next: number }[] = [];
  const enter = (block: BlockId): void => {
    seen[block] = 1;
    stack.push({ block, targets: targetsOf(graph.blocks[block]!.terminator), next: 0 });
  };
  enter(0);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const target = top.targets[top.next++];
    if (target === undefined) {
      postorder.push(top.block);
      stack.pop();
    } else if (seen[target] === 0) enter(target);
  }
  return postorder.reverse();
}

function immediateDominators(
  order: readonly BlockId[],
  place: Int32Array,
  predecessors: readonly (readonly BlockId[])[],
): Int32Array {
  const parent = new Int32Array(place.length).fill(-1);
  const root = order[0]!;
  parent[root] = root;
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of order) {
      if (block === root) continue;
      let nearest = -1;
      for (const before of predecessors[block]!) {
        if (parent[before] === -1) continue;
        nearest = nearest === -1 ? before : common(parent, place, nearest, before);
      }
      if (parent[block] !== nearest) {
        parent[block] = nearest;
        changed = true;
      }
    }
  }
  return parent;
}

function common(parent: Int32Array, place: Int32Array, a: BlockId, b: BlockId): BlockId {
  while (a !== b) {
    while (place[a]! > place[b]!) a = parent[a]!;
    while (place[b]! > place[a]!) b = parent[b]!;
  }
  return a;
}

function dominates(parent: Int32Array, place: Int32Array, above: BlockId, block: BlockId): boolean {
  while (place[block]! > place[above]!) block = parent[block]!;
  return block === above;
}
