import { type Block, type Code, endingOperands, type Item, type Node, successors } from './item.js';

/** For each block the nodes that are live at its end. */
export function liveOut(code: Code): ReadonlySet<Node>[] {
  const ins = code.blocks.map(() => new Set<Node>());
  const outs = code.blocks.map(() => new Set<Node>());
  const facts = code.blocks.map(usedAndDefined);
  for (let changed = true; changed; ) {
    changed = false;
    for (let index = code.blocks.length - 1; index >= 0; index--) {
      const block = code.blocks[index];
      const live = ins[index];
      const out = outs[index];
      const fact = facts[index];
      if (block === undefined || live === undefined || out === undefined || fact === undefined) continue;
      for (const successor of successors(block.ending))
        for (const node of ins[successor] ?? []) out.add(node);
      const before = live.size;
      for (const node of fact.used) live.add(node);
      for (const node of out) if (!fact.defined.has(node)) live.add(node);
      changed ||= live.size !== before;
    }
  }
  return outs;
}

/** What a block reads before it writes it, and what it writes. */
function usedAndDefined(block: Block): { readonly used: Set<Node>; readonly defined: Set<Node> } {
  const used = new Set<Node>();
  const defined = new Set<Node>();
  const read = (node: Node) => {
    if (!defined.has(node)) used.add(node);
  };
  for (const item of block.items) {
    for (const { node, role } of item.operands) if (role !== 'def') read(node);
    for (const { node, role } of item.operands) if (role !== 'use') defined.add(node);
    for (const register of item.clobbers) defined.add(register);
  }
  for (const { node } of endingOperands(block.ending)) read(node);
  if (block.ending.kind === 'exit') read(0);
  return { used, defined };
}

/** Walks a block from its end to its start; `live` is what is live behind each item, and may not be kept. */
export function walkBackwards(
  block: Block,
  out: ReadonlySet<Node>,
  visit: (item: Item, live: Set<Node>) => void,
): void {
  const live = new Set(out);
  if (block.ending.kind === 'exit') live.add(0);
  for (const { node } of endingOperands(block.ending)) live.add(node);
  for (let index = block.items.length - 1; index >= 0; index--) {
    const item = block.items[index];
    if (item === undefined) continue;
    visit(item, live);
    for (const { node, role } of item.operands) if (role === 'def') live.delete(node);
    for (const register of item.clobbers) live.delete(register);
    for (const { node, role } of item.operands) if (role !== 'def') live.add(node);
  }
}
