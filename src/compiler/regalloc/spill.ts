import type { Reg } from '../../isa/index.js';
import type { BpfCpu } from '../front/front.js';
import type { MachineOperation } from '../machine/instruction.js';
import { type Block, type Code, endingOperands, type Item, type Node } from './item.js';
import { placed, placeIn, sourceCode } from './lower.js';

type Source = Extract<MachineOperation, { kind: 'constant' | 'symbol' | 'slot-address' }>;

/**
 * Moves nodes to memory: each use loads the value to a node of its own, each definition stores it. What can be
 * computed without other registers is computed again instead.
 *
 * @returns the nodes that were added, which live too briefly to be spilled again
 */
export function spill(code: Code, groups: readonly (readonly Node[])[], cpu: BpfCpu): Node[] {
  const sources = rematerialisable(code, new Set(groups.flat()));
  const homes = new Map<Node, Home>();
  for (const group of groups) {
    const [first = 0] = group;
    const source = group.length === 1 ? sources.get(first) : undefined;
    // Whole registers always: half of one may be half of a pointer, which the verifier does not let be stored.
    const home: Home =
      source === undefined ? { slot: code.slots.push({ bytes: 8, align: 8 }) - 1 } : { source };
    for (const node of group) homes.set(node, home);
  }
  const added: Node[] = [];
  for (const block of code.blocks) new Spilling(code, homes, cpu, added).block(block);
  return added;
}

type Home = { readonly source: Source } | { readonly slot: number };

/** Nodes with one definition that needs no other register. */
function rematerialisable(code: Code, nodes: ReadonlySet<Node>): ReadonlyMap<Node, Source> {
  const sources = new Map<Node, Source>();
  const others = new Set<Node>();
  for (const { items } of code.blocks) {
    for (const { operands, source } of items) {
      for (const { node, role } of operands) {
        if (role === 'use' || !nodes.has(node)) continue;
        if (source !== undefined && !sources.has(node)) sources.set(node, source as Source);
        else others.add(node);
      }
    }
  }
  for (const node of others) sources.delete(node);
  return sources;
}

class Spilling {
  readonly #code: Code;
  readonly #homes: ReadonlyMap<Node, Home>;
  readonly #cpu: BpfCpu;
  readonly #added: Node[];

  constructor(code: Code, homes: ReadonlyMap<Node, Home>, cpu: BpfCpu, added: Node[]) {
    this.#code = code;
    this.#homes = homes;
    this.#cpu = cpu;
    this.#added = added;
  }

  block(block: Block): void {
    const items: Item[] = [];
    for (const item of block.items) this.#item(item, items);
    const renamed = new Map<Node, Node>();
    for (const operand of endingOperands(block.ending)) {
      const home = this.#homes.get(operand.node);
      if (home === undefined) continue;
      const fresh = renamed.get(operand.node) ?? this.#loaded(operand.node, home, items, block.items.at(-1));
      renamed.set(operand.node, fresh);
      operand.node = fresh;
    }
    block.items = items;
  }

  #item(item: Item, items: Item[]): void {
    const [first] = item.operands;
    const own = first === undefined ? undefined : this.#homes.get(first.node);
    // What is computed again at its uses need not be computed here.
    if (item.source !== undefined && own !== undefined && 'source' in own) return;
    // Both ends of the move live in one place.
    const [to, from] = item.operands.map(({ node }) => this.#homes.get(node));
    if (item.move && to !== undefined && to === from) return;
    const renamed = new Map<Node, Node>();
    const stores: Item[] = [];
    for (const operand of item.operands) {
      const { node, role } = operand;
      const home = this.#homes.get(node);
      if (home === undefined) continue;
      let fresh = renamed.get(node);
      if (fresh === undefined) {
        fresh = role === 'def' ? this.#fresh(node) : this.#loaded(node, home, items, item);
        renamed.set(node, fresh);
      }
      operand.node = fresh;
      if (role !== 'use' && 'slot' in home) stores.push(this.#store(fresh, home, item));
    }
    items.push(item, ...stores);
  }

  #fresh(node: Node): Node {
    const fresh = this.#code.widths.push(this.#code.widths[node] ?? 64) - 1;
    this.#added.push(fresh);
    return fresh;
  }

  #loaded(node: Node, home: Home, items: Item[], near: Item | undefined): Node {
    const fresh = this.#fresh(node);
    const common = { clobbers: [], move: false, location: near?.location, core: undefined };
    if ('source' in home) {
      const width = this.#code.widths[node] ?? 64;
      const make = sourceCode(home.source, width, this.#cpu);
      items.push({ ...common, operands: [{ node: fresh, role: 'def' }], make, source: home.source });
      return fresh;
    }
    const { slot } = home;
    items.push({
      ...common,
      operands: [{ node: fresh, role: 'def' }],
      spilled: { slot, access: 'load' },
      make: ([dst], frame) =>
        placed({
          kind: 'load',
          bytes: 8,
          signed: false,
          dst: dst as Reg,
          ...placeIn(frame, slot, undefined, 0),
        }),
    });
    return fresh;
  }

  #store(node: Node, { slot }: Extract<Home, { slot: number }>, near: Item): Item {
    return {
      operands: [{ node, role: 'use' }],
      spilled: { slot, access: 'store' },
      clobbers: [],
      move: false,
      location: near.location,
      core: undefined,
      make: ([src], frame) =>
        placed({
          kind: 'store',
          bytes: 8,
          ...placeIn(frame, slot, undefined, 0),
          src: { kind: 'reg', reg: src as Reg },
        }),
    };
  }
}
