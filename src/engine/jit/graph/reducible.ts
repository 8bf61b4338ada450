import { type Block, type BlockId, type Graph, type Terminator, targetsOf } from './graph.js';

/**
 * An equal graph in which every loop has one entry.
 *
 * Each loop with several entries gets a dispatch block in front: whoever jumps to one of the entries first sets the
 * label variable in a block of its own and then jumps to the dispatch block. Only the edges into those entries pay.
 */
export function makeReducible(graph: Graph): Graph {
  const blocks = [...graph.blocks];
  const regions: { members: readonly BlockId[] }[] = [{ members: blocks.map((_, id) => id) }];
  for (let region = regions.pop(); region !== undefined; region = regions.pop()) {
    for (const loop of loopsWithin(blocks, region.members)) {
      const entries = entriesOf(blocks, loop);
      if (entries.length <= 1) {
        // Inner loops are what remains without the header.
        regions.push({ members: loop.filter((block) => block !== entries[0]) });
      } else {
        // Routes may lie on inner cycles between entries, which the dispatch block cuts, so none is left among them.
        addDispatch(blocks, entries);
        regions.push({ members: loop });
      }
    }
  }
  return { blocks };
}

/** Strongly connected components of the subgraph, those that contain a cycle: Tarjan, without recursion. */
function loopsWithin(blocks: readonly Block[], members: readonly BlockId[]): BlockId[][] {
  const inside = new Set(members);
  const index = new Map<BlockId, number>();
  const low = new Map<BlockId, number>();
  const open: BlockId[] = [];
  const isOpen = new Set<BlockId>();
  const loops: BlockId[][] = [];
  const stack: { block: BlockId; targets: readonly BlockId[]; next: number }[] = [];
  const enter = (block: BlockId): void => {
    index.set(block, index.size);
    low.set(block, index.size - 1);
    open.push(block);
    isOpen.add(block);
    stack.push({
      block,
      targets: targetsOf(blocks[block]!.terminator).filter((target) => inside.has(target)),
      next: 0,
    });
  };
  const lower = (block: BlockId, value: number): void => {
    if (value < low.get(block)!) low.set(block, value);
  };
  for (const root of members) {
    if (index.has(root)) continue;
    enter(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const target = top.targets[top.next++];
      if (target !== undefined) {
        if (!index.has(target)) enter(target);
        else if (isOpen.has(target)) lower(top.block, index.get(target)!);
        continue;
      }
      stack.pop();
      const below = stack.at(-1);
      if (below !== undefined) lower(below.block, low.get(top.block)!);
      if (low.get(top.block) !== index.get(top.block)) continue;
      const component = open.splice(open.indexOf(top.block));
      for (const block of component) isOpen.delete(block);
      if (component.length > 1 || top.targets.includes(top.block)) loops.push(component);
    }
  }
  return loops;
}

/** Blocks of the loop that are entered from outside it. */
function entriesOf(blocks: readonly Block[], loop: readonly BlockId[]): BlockId[] {
  const inside = new Set(loop);
  const entries = new Set<BlockId>(inside.has(0) ? [0] : []);
  blocks.forEach((block, id) => {
    if (inside.has(id)) return;
    for (const target of targetsOf(block.terminator)) if (inside.has(target)) entries.add(target);
  });
  return [...entries];
}

function addDispatch(blocks: Block[], entries: readonly BlockId[]): void {
  const dispatch = blocks.length;
  const label = new Map(entries.map((entry, at) => [entry, at]));
  const before = blocks.length;
  blocks.push({ start: 0, end: 0, terminator: { kind: 'dispatch', targets: entries } });
  const route = (target: BlockId): BlockId => {
    const value = label.get(target);
    if (value === undefined) return target;
    return blocks.push({ start: 0, end: 0, label: value, terminator: { kind: 'goto', to: dispatch } }) - 1;
  };
  for (let id = 0; id < before; id++) {
    const block = blocks[id]!;
    if (targetsOf(block.terminator).some((target) => label.has(target))) {
      blocks[id] = { ...block, terminator: retarget(block.terminator, route) };
    }
  }
}

function retarget(terminator: Terminator, route: (target: BlockId) => BlockId): Terminator {
  switch (terminator.kind) {
    case 'goto':
      return { ...terminator, to: route(terminator.to) };
    case 'branch':
      return { ...terminator, taken: route(terminator.taken), otherwise: route(terminator.otherwise) };
    case 'dispatch':
      return { ...terminator, targets: terminator.targets.map(route) };
    case 'exit':
      return terminator;
    default:
      return terminator satisfies never;
  }
}
