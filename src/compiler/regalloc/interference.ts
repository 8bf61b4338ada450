import { type Code, FIRST_VIRTUAL, type Item, type Node } from './item.js';
import { liveOut, walkBackwards } from './liveness.js';

/** Which nodes hold values at the same time, how often each is needed, and which moves join two of them. */
export class Interference {
  readonly size: number;
  readonly neighbours: Set<Node>[] = [];
  readonly moves: { readonly to: Node; readonly from: Node; readonly weight: number }[] = [];
  /** What keeping a node in memory would cost, in accesses. */
  readonly costs: number[] = [];

  constructor(code: Code) {
    this.size = code.widths.length;
    for (let node = 0; node < this.size; node++) {
      this.neighbours.push(new Set());
      this.costs.push(0);
    }
    const outs = liveOut(code);
    code.blocks.forEach((block, index) => {
      const { frequency } = block;
      if (block.ending.kind === 'branch')
        for (const { node } of block.ending.operands) this.#cost(node, frequency);
      const same = copiesAt(block.items);
      walkBackwards(block, outs[index] ?? new Set(), (item, live) =>
        this.#item(item, live, frequency, same.get(item)),
      );
    });
  }

  interferes(a: Node, b: Node): boolean {
    return a === b || (a < FIRST_VIRTUAL && b < FIRST_VIRTUAL) || (this.neighbours[a]?.has(b) ?? false);
  }

  #item(item: Item, live: ReadonlySet<Node>, frequency: number, same: ReadonlySet<Node> | undefined): void {
    const { operands, clobbers, move } = item;
    for (const { node } of operands) this.#cost(node, frequency * (item.source === undefined ? 1 : 0.2));
    const [to, from] = operands;
    if (move && to !== undefined && from !== undefined) {
      this.moves.push({ to: to.node, from: from.node, weight: frequency });
      for (const other of live) if (same?.has(other) !== true) this.#edge(to.node, other);
      return;
    }
    const written = operands.filter(({ role }) => role !== 'use');
    for (const { node } of written) {
      for (const other of live) this.#edge(node, other);
      for (const { node: other } of written) this.#edge(node, other);
    }
    for (const register of clobbers) {
      for (const other of live) this.#edge(register, other);
      for (const { node } of written) this.#edge(register, node);
    }
    // What is written early must not be where an input is.
    for (const { node, role } of operands) {
      if (role !== 'use') continue;
      for (const other of written) if (other.early === true) this.#edge(other.node, node);
      if (item.clobbersEarly === true) for (const register of clobbers) this.#edge(register, node);
    }
  }

  #cost(node: Node, amount: number): void {
    this.costs[node] = (this.costs[node] ?? 0) + amount;
  }

  #edge(a: Node, b: Node): void {
    if (a === b) return;
    this.neighbours[a]?.add(b);
    this.neighbours[b]?.add(a);
  }
}

/** For each move of a block the nodes that hold what it moves: they can share a register with where it goes. */
function copiesAt(items: readonly Item[]): Map<Item, ReadonlySet<Node>> {
  const found = new Map<Item, ReadonlySet<Node>>();
  const holders = new Map<Node, Set<Node>>();
  const write = (node: Node) => {
    holders.get(node)?.delete(node);
    holders.delete(node);
  };
  for (const item of items) {
    const [to, from] = item.operands;
    if (item.move && to !== undefined && from !== undefined) {
      if (to.node === from.node) continue;
      const holding = holders.get(from.node) ?? new Set([from.node]);
      found.set(item, new Set(holding));
      write(to.node);
      holders.set(from.node, holding);
      holders.set(to.node, holding.add(to.node));
      continue;
    }
    for (const { node, role } of item.operands) if (role !== 'use') write(node);
    for (const register of item.clobbers) write(register);
  }
  return found;
}
