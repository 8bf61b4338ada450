import { type Block, type Code, successors } from './item.js';

/** For each slot that spilling made, the first slot whose room it can have too: their values never overlap. */
export function sharedSlots(code: Code): ReadonlyMap<number, number> {
  const conflicts = conflictsOf(code);
  const shared = new Map<number, number>();
  const members = new Map<number, number[]>();
  for (const [slot, rivals] of conflicts) {
    const bytes = code.slots[slot]?.bytes;
    const owner = [...members].find(
      ([first, others]) => code.slots[first]?.bytes === bytes && others.every((other) => !rivals.has(other)),
    )?.[0];
    shared.set(slot, owner ?? slot);
    if (owner === undefined) members.set(slot, [slot]);
    else members.get(owner)?.push(slot);
  }
  return shared;
}

/** The slots that hold a value at the same time as each slot is filled. */
function conflictsOf(code: Code): ReadonlyMap<number, Set<number>> {
  const ins = code.blocks.map(() => new Set<number>());
  const outs = code.blocks.map(() => new Set<number>());
  for (let changed = true; changed; ) {
    changed = false;
    for (let index = code.blocks.length - 1; index >= 0; index--) {
      const block = code.blocks[index];
      const out = outs[index];
      if (block === undefined || out === undefined) continue;
      for (const successor of successors(block.ending))
        for (const slot of ins[successor] ?? []) out.add(slot);
      const live = walk(block, out, () => {});
      changed ||= live.size !== (ins[index]?.size ?? 0);
      ins[index] = live;
    }
  }
  const conflicts = new Map<number, Set<number>>();
  const of = (slot: number) => {
    const known = conflicts.get(slot) ?? new Set();
    conflicts.set(slot, known);
    return known;
  };
  code.blocks.forEach((block, index) => {
    walk(block, outs[index] ?? new Set(), (slot, live) => {
      for (const other of live) {
        if (other === slot) continue;
        of(slot).add(other);
        of(other).add(slot);
      }
      of(slot);
    });
  });
  return conflicts;
}

/** What is live at the start of a block; `visit` sees what is live behind each place that fills a slot. */
function walk(
  block: Block,
  out: ReadonlySet<number>,
  visit: (slot: number, live: ReadonlySet<number>) => void,
): Set<number> {
  const live = new Set(out);
  for (let index = block.items.length - 1; index >= 0; index--) {
    const spilled = block.items[index]?.spilled;
    if (spilled === undefined) continue;
    if (spilled.access === 'load') live.add(spilled.slot);
    else {
      visit(spilled.slot, live);
      live.delete(spilled.slot);
    }
  }
  return live;
}
