import type { Reg } from '../../isa/index.js';
import type { Interference } from './interference.js';
import { FIRST_VIRTUAL, type Node } from './item.js';

const COLOURS = 10;

export interface Colouring {
  /** By node. */
  readonly registers: readonly Reg[];
  /** Nodes that got no register, each with those that were joined with it: their values never overlap. */
  readonly spilled: readonly (readonly Node[])[];
}

/**
 * Gives registers to nodes by graph colouring, joining nodes that moves connect as far as that cannot make a node
 * uncolourable (George and Appel, "Iterated Register Coalescing", 1996).
 *
 * @param forbidden nodes that must not be spilled: they are what spilling made
 */
export function colour(graph: Interference, forbidden: ReadonlySet<Node>): Colouring {
  return new Colouring_(graph, forbidden).run();
}

interface Move {
  readonly to: Node;
  readonly from: Node;
  readonly weight: number;
}

class Colouring_ {
  readonly #graph: Interference;
  readonly #forbidden: ReadonlySet<Node>;
  readonly #adjacent: Set<Node>[];
  readonly #degree: number[];
  readonly #alias: Node[];
  readonly #moves: Map<Node, Set<Move>> = new Map();
  readonly #pending = new Set<Move>();
  readonly #removed = new Set<Node>();
  readonly #merged = new Set<Node>();
  readonly #stack: Node[] = [];
  readonly #costs: number[];

  constructor(graph: Interference, forbidden: ReadonlySet<Node>) {
    this.#graph = graph;
    this.#forbidden = forbidden;
    this.#adjacent = graph.neighbours.map((set) => new Set(set));
    this.#degree = graph.neighbours.map((set, node) =>
      node < FIRST_VIRTUAL ? Number.POSITIVE_INFINITY : set.size,
    );
    this.#alias = graph.neighbours.map((_, node) => node);
    this.#costs = [...graph.costs];
    for (const move of graph.moves) {
      if (move.to === move.from || graph.interferes(move.to, move.from)) continue;
      this.#pending.add(move);
      for (const node of [move.to, move.from]) {
        const set = this.#moves.get(node) ?? new Set();
        this.#moves.set(node, set.add(move));
      }
    }
  }

  run(): Colouring {
    const waiting = new Set<Node>();
    for (let node = FIRST_VIRTUAL; node < this.#graph.size; node++) {
      if ((this.#adjacent[node]?.size ?? 0) > 0 || (this.#costs[node] ?? 0) > 0) waiting.add(node);
    }
    while (waiting.size > 0) {
      const simple = this.#simple(waiting);
      if (simple !== undefined) this.#remove(simple, waiting);
      else if (!this.#coalesce(waiting) && !this.#freeze(waiting))
        this.#remove(this.#cheapest(waiting), waiting);
    }
    return this.#select();
  }

  /** A node with few neighbours that no move wants to join. */
  #simple(waiting: ReadonlySet<Node>): Node | undefined {
    for (const node of waiting) {
      if ((this.#degree[node] ?? 0) < COLOURS && !this.#wantsMove(node)) return node;
    }
    return undefined;
  }

  #wantsMove(node: Node): boolean {
    for (const move of this.#moves.get(node) ?? []) if (this.#pending.has(move)) return true;
    return false;
  }

  #remove(node: Node, waiting: Set<Node>): void {
    waiting.delete(node);
    this.#removed.add(node);
    this.#stack.push(node);
    for (const move of this.#moves.get(node) ?? []) this.#pending.delete(move);
    for (const other of this.#adjacent[node] ?? []) {
      if (!this.#removed.has(other) && !this.#merged.has(other))
        this.#degree[other] = (this.#degree[other] ?? 0) - 1;
    }
  }

  /** Joins the nodes of all moves for which that is safe, the most frequent first. */
  #coalesce(waiting: Set<Node>): boolean {
    const byWeight = [...this.#pending].sort((a, b) => b.weight - a.weight);
    let joined = false;
    for (const move of byWeight) {
      const a = this.#find(move.to);
      const b = this.#find(move.from);
      const [into, from] = b < FIRST_VIRTUAL ? [b, a] : [a, b];
      if (into === from || from < FIRST_VIRTUAL || this.#adjacent[into]?.has(from)) {
        this.#pending.delete(move);
        continue;
      }
      const safe = into < FIRST_VIRTUAL ? this.#fitsRegister(into, from) : this.#fewNeighbours(into, from);
      if (!safe) continue;
      this.#pending.delete(move);
      this.#merge(into, from, waiting);
      joined = true;
    }
    return joined;
  }

  #find(node: Node): Node {
    let found = node;
    while (this.#alias[found] !== found) found = this.#alias[found] ?? found;
    return found;
  }

  #live(node: Node): Node[] {
    return [...(this.#adjacent[node] ?? [])].filter(
      (other) => !this.#removed.has(other) && !this.#merged.has(other),
    );
  }

  /** George's test: every neighbour of the node either is easy or cannot have the register anyway. */
  #fitsRegister(register: Node, node: Node): boolean {
    return this.#live(node).every(
      (other) =>
        other < FIRST_VIRTUAL ||
        (this.#degree[other] ?? 0) < COLOURS ||
        this.#adjacent[other]?.has(register) === true,
    );
  }

  /** Briggs' test: the joined node has few neighbours that are hard themselves. */
  #fewNeighbours(a: Node, b: Node): boolean {
    const all = new Set([...this.#live(a), ...this.#live(b)]);
    let hard = 0;
    for (const other of all) {
      const shared = this.#adjacent[other]?.has(a) === true && this.#adjacent[other]?.has(b) === true ? 1 : 0;
      if (other < FIRST_VIRTUAL || (this.#degree[other] ?? 0) - shared >= COLOURS) hard++;
    }
    return hard < COLOURS;
  }

  #merge(into: Node, from: Node, waiting: Set<Node>): void {
    waiting.delete(from);
    this.#merged.add(from);
    this.#alias[from] = into;
    this.#costs[into] = (this.#costs[into] ?? 0) + (this.#costs[from] ?? 0);
    for (const move of this.#moves.get(from) ?? []) {
      const set = this.#moves.get(into) ?? new Set();
      this.#moves.set(into, set.add(move));
    }
    for (const other of this.#adjacent[from] ?? []) {
      const both = this.#adjacent[into]?.has(other) === true;
      this.#adjacent[into]?.add(other);
      this.#adjacent[other]?.add(into);
      if (this.#removed.has(other) || this.#merged.has(other)) continue;
      if (both) this.#degree[other] = (this.#degree[other] ?? 0) - 1;
      else if (into >= FIRST_VIRTUAL) this.#degree[into] = (this.#degree[into] ?? 0) + 1;
    }
  }

  /** Gives up the moves of one easy node, so that it can be taken out. */
  #freeze(waiting: ReadonlySet<Node>): boolean {
    let best: Node | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const node of waiting) {
      if ((this.#degree[node] ?? 0) >= COLOURS) continue;
      let weight = 0;
      for (const move of this.#moves.get(node) ?? []) if (this.#pending.has(move)) weight += move.weight;
      if (weight < least) [best, least] = [node, weight];
    }
    if (best === undefined) return false;
    for (const move of this.#moves.get(best) ?? []) this.#pending.delete(move);
    return true;
  }

  /** The node to do without a register if it must be: rarely used, and in the way of many. */
  #cheapest(waiting: ReadonlySet<Node>): Node {
    let best: Node | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const node of waiting) {
      const price = this.#isForbidden(node)
        ? Number.MAX_VALUE
        : (this.#costs[node] ?? 0) / Math.max(1, this.#degree[node] ?? 1);
      if (best === undefined || price < least) [best, least] = [node, price];
    }
    return best as Node;
  }

  #isForbidden(node: Node): boolean {
    return this.#forbidden.has(node);
  }

  /** Takes the nodes back in the opposite order; each finds a register that its neighbours do not have. */
  #select(): Colouring {
    const registers: (Reg | undefined)[] = [];
    for (let node = 0; node < FIRST_VIRTUAL; node++) registers[node] = node as Reg;
    const spilled: Node[] = [];
    for (let node = this.#stack.pop(); node !== undefined; node = this.#stack.pop()) {
      const taken = new Set<number>();
      for (const other of this.#adjacent[node] ?? []) {
        const register = registers[this.#find(other)];
        if (register !== undefined) taken.add(register);
      }
      const free = this.#preferred(node, taken, registers);
      if (free === undefined) spilled.push(node);
      else registers[node] = free;
    }
    for (let node = FIRST_VIRTUAL; node < this.#graph.size; node++)
      registers[node] ??= registers[this.#find(node)];
    return { registers: registers.map((register) => register ?? 0), spilled: this.#withMerged(spilled) };
  }

  /** The register of a node that a move joins it to, or the first free one. */
  #preferred(
    node: Node,
    taken: ReadonlySet<number>,
    registers: readonly (Reg | undefined)[],
  ): Reg | undefined {
    let best: Reg | undefined;
    let most = 0;
    for (const { to, from, weight } of this.#moves.get(node) ?? []) {
      const partner = this.#find(to) === node ? this.#find(from) : this.#find(to);
      const register = registers[partner];
      if (register !== undefined && !taken.has(register) && weight > most) [best, most] = [register, weight];
    }
    if (best !== undefined) return best;
    // r0 and the arguments' registers first: nobody misses them. r6 to r9 survive calls.
    for (const register of [1, 2, 3, 4, 5, 0, 6, 7, 8, 9] as const) if (!taken.has(register)) return register;
    return undefined;
  }

  #withMerged(spilled: readonly Node[]): Node[][] {
    const groups = new Map(spilled.map((node) => [node, [node]]));
    for (const node of this.#merged) groups.get(this.#find(node))?.push(node);
    return [...groups.values()];
  }
}
