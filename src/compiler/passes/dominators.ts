/**
 * The immediate dominator of each block; the entry's is itself, an unreachable block has none.
 * Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001).
 */
export function immediateDominators(successors: readonly (readonly number[])[]): (number | undefined)[] {
  const order = reversePostorder(successors);
  const rank = new Map(order.map((block, index) => [block, index]));
  const before: number[][] = successors.map(() => []);
  for (const block of order) for (const next of successors[block] ?? []) before[next]?.push(block);
  const found: (number | undefined)[] = successors.map(() => undefined);
  found[0] = 0;
  const meet = (one: number, other: number): number => {
    let a = one;
    let b = other;
    while (a !== b) {
      if ((rank.get(a) ?? 0) > (rank.get(b) ?? 0)) a = found[a] ?? 0;
      else b = found[b] ?? 0;
    }
    return a;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of order.slice(1)) {
      const known = (before[block] ?? []).filter((each) => found[each] !== undefined);
      const dominator = known.reduce(meet);
      if (found[block] === dominator) continue;
      found[block] = dominator;
      changed = true;
    }
  }
  return found;
}

/** The blocks that can be reached, each before all that only it leads to. */
function reversePostorder(successors: readonly (readonly number[])[]): number[] {
  const order: number[] = [];
  const seen = new Set([0]);
  const stack = [{ block: 0, at: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = successors[top.block]?.[top.at++];
    if (next === undefined) {
      order.push(top.block);
      stack.pop();
    } else if (!seen.has(next)) {
      seen.add(next);
      stack.push({ block: next, at: 0 });
    }
  }
  return order.reverse();
}
