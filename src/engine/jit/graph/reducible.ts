import { type Block, type BlockId, type Graph, type Terminator, targetsOf } from './graph.js';

/** The blocks that jump to each block; one that jumps there twice may be named twice. */
type Predecessors = BlockId[][];

/**
 * An equal graph in which every loop has one entry.
 *
 * Each loop with several entries gets a dispatch block in front: whoever jumps to one of the entries first sets the
 * label variable in a block of its own and then jumps to the dispatch block. Only the edges into those entries pay.
 */
export function makeReducible(graph: Graph): Graph {
  const blocks = [...graph.blocks];
  const predecessors = findPredecessors(blocks);
  const regions: { members: readonly BlockId[] }[] = [{ members: blocks.map((_, id) => id) }];
  for (let region = regions.pop(); region !== undefined; region = regions.pop()) {
    for (const loop of loopsWithin(blocks, region.members)) {
      const entries = entriesOf(predecessors, loop);
      if (entries.length <= 1) {
        // Inner loops are what remains without the header.
        regions.push({ members: loop.filter((block) => block !== entries[0]) });
      } else {
        // Routes may lie on inner cycles between entries, which the dispatch block cuts, so none is left among them.
        addDispatch(blocks, predecessors, entries);
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
      const component = open.splice(open.lastIndexOf(top.block));
      for (const block of component) isOpen.delete(block);
      if (component.length > 1 || top.targets.includes(top.block)) loops.push(component);
    }
  }
  return loops;
}

/** Blocks of the loop that are entered from outside it. */
function entriesOf(predecessors: Predecessors, loop: readonly BlockId[]): BlockId[] {
  const inside = new Set(loop);
  return loop.filter((block) => block === 0 || predecessors[block]!.some((before) => !inside.has(before)));
}

function findPredecessors(blocks: readonly Block[]): Predecessors {
  const predecessors: Predecessors = blocks.map(() => []);
  blocks.forEach((block, id) => {
    for (const target of targetsOf(block.terminator)) predecessors[target]!.push(id);
  });
  return predecessors;
}

function addDispatch(blocks: Block[], predecessors: Predecessors, entries: readonly BlockId[]): void {
  const add = (block: Block, from: BlockId[]): BlockId => {
    predecessors.push(from);
    return blocks.push(block) - 1;
  };
  const dispatch = add({ start: 0, end: 0, terminator: { kind: 'dispatch', targets: entries } }, []);
  const label = new Map(entries.map((entry, at) => [entry, at]));
  const sources = new Set(entries.flatMap((entry) => predecessors[entry]!));
  for (const id of sources) {
    const block = blocks[id]!;
    const route = (target: BlockId): BlockId => {
      const value = label.get(target);
      if (value === undefined) return target;
      const routed = add({ start: 0, end: 0, label: value, terminator: { kind: 'goto', to: dispatch } }, [
        id,
      ]);
      predecessors[dispatch]!.push(routed);
      return routed;
    };
    blocks[id] = { ...block, terminator: retarget(block.terminator, route) };
  }
  for (const entry of entries) predecessors[entry] = [dispatch];
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
