import type { CodeBuilder } from '../wasm/code.js';
import { WASM } from '../wasm/opcodes.js';
import { type Dominators, findDominators } from './dominators.js';
import type { Block, BlockId, Graph, Terminator } from './graph.js';
import { makeReducible } from './reducible.js';

/** What structuring asks of lowering. */
export interface BlockLowering {
  /** Emits the block's instructions without the deciding one. */
  body(block: Block, id: BlockId): void;
  /** Leaves the i32 on the stack that is not 0 when a branch is taken; the complement when `inverted`. */
  condition(terminator: Extract<Terminator, { kind: 'branch' }>, inverted: boolean): void;
  /** Emits the return from the function. */
  exit(terminator: Extract<Terminator, { kind: 'exit' }>): void;
  /** Sets the label variable. */
  setLabel(value: number): void;
  /** Leaves the label variable on the stack. */
  getLabel(): void;
}

/** A graph that can be written with structured control flow, and its dominators. */
export function prepareGraph(graph: Graph): { readonly graph: Graph; readonly dominators: Dominators } {
  const dominators = findDominators(graph);
  if (dominators.reducible) return { graph, dominators };
  const reducible = makeReducible(graph);
  return { graph: reducible, dominators: findDominators(reducible) };
}

/**
 * Writes a graph as wasm's blocks, loops and ifs, after N. Ramsey, "Beyond Relooper" (ICFP 2022): the dominator tree
 * is the nesting. A block that is jumped to from several places (a merge) follows the end of a wasm `block` opened by
 * its dominator; a block that is jumped back to begins a wasm `loop`; any other stands where its one jump is.
 *
 * The paper's recursion is an explicit stack of tasks here, since a program's dominator tree can be very deep.
 */
export function writeStructured(
  code: CodeBuilder,
  graph: Graph,
  dominators: Dominators,
  lowering: BlockLowering,
): void {
  new Structurer(code, graph, dominators, lowering).write();
}

class Structurer {
  readonly #code: CodeBuilder;
  readonly #graph: Graph;
  readonly #dominators: Dominators;
  readonly #lowering: BlockLowering;
  readonly #tasks: (() => void)[] = [];
  /** Number of open wasm constructs. */
  #depth = 0;
  /** The depth at which the construct was opened whose label leads to a block; 0 when none is open. */
  readonly #blockLabel: Int32Array;
  readonly #loopLabel: Int32Array;

  constructor(code: CodeBuilder, graph: Graph, dominators: Dominators, lowering: BlockLowering) {
    this.#code = code;
    this.#graph = graph;
    this.#dominators = dominators;
    this.#lowering = lowering;
    this.#blockLabel = new Int32Array(graph.blocks.length);
    this.#loopLabel = new Int32Array(graph.blocks.length);
  }

  write(): void {
    this.#tree(0);
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) task();
    // Every path has left by now; this satisfies wasm's validation of the function's result.
    this.#code.op(WASM.unreachable);
  }

  /** Runs tasks in the order given, before all that wait already. */
  #then(...tasks: (() => void)[]): void {
    for (const task of tasks.reverse()) this.#tasks.push(task);
  }

  #end(): void {
    this.#code.end();
    this.#depth--;
  }

  #isMerge(block: BlockId): boolean {
    return this.#dominators.forwardEdges[block]! > 1;
  }

  #tree(block: BlockId): void {
    if (this.#dominators.loopHeader[block] === 0) {
      this.#node(block);
      return;
    }
    this.#code.loop();
    this.#loopLabel[block] = ++this.#depth;
    this.#then(() => this.#end());
    this.#node(block);
  }

  #node(id: BlockId): void {
    const merges = this.#dominators.children[id]!.filter((child) => this.#isMerge(child));
    // The merge that comes last in the order is the outermost, so that the others can reach it.
    for (const merge of [...merges].reverse()) {
      this.#code.block();
      this.#blockLabel[merge] = ++this.#depth;
    }
    const block = this.#graph.blocks[id]!;
    if (block.label !== undefined) this.#lowering.setLabel(block.label);
    this.#lowering.body(block, id);
    this.#then(
      () => this.#terminate(id, block.terminator),
      ...merges.map((merge) => () => {
        this.#end();
        this.#tree(merge);
      }),
    );
  }

  /** The branch depth that leads from one block to another, undefined when the other is to stand right here. */
  #label(from: BlockId, to: BlockId): number | undefined {
    const { place } = this.#dominators;
    if (place[to]! <= place[from]!) return this.#depth - this.#loopLabel[to]!;
    return this.#isMerge(to) ? this.#depth - this.#blockLabel[to]! : undefined;
  }

  #jump(from: BlockId, to: BlockId): void {
    const label = this.#label(from, to);
    if (label === undefined) this.#tree(to);
    else this.#code.br(label);
  }

  #terminate(id: BlockId, terminator: Terminator): void {
    switch (terminator.kind) {
      case 'goto':
        this.#jump(id, terminator.to);
        return;
      case 'exit':
        this.#lowering.exit(terminator);
        return;
      case 'branch':
        this.#branch(id, terminator);
        return;
      case 'dispatch':
        this.#dispatch(id, terminator.targets);
        return;
      default:
        terminator satisfies never;
    }
  }

  #branch(id: BlockId, terminator: Extract<Terminator, { kind: 'branch' }>): void {
    const { taken, otherwise } = terminator;
    const takenLabel = this.#label(id, taken);
    const otherwiseLabel = this.#label(id, otherwise);
    if (takenLabel !== undefined) {
      this.#lowering.condition(terminator, false);
      this.#code.brIf(takenLabel);
      this.#jump(id, otherwise);
    } else if (otherwiseLabel !== undefined) {
      this.#lowering.condition(terminator, true);
      this.#code.brIf(otherwiseLabel);
      this.#jump(id, taken);
    } else {
      this.#lowering.condition(terminator, false);
      this.#code.if();
      this.#depth++;
      this.#then(
        () => {
          this.#code.else();
          this.#tree(otherwise);
        },
        () => this.#end(),
      );
      this.#tree(taken);
    }
  }

  /** Targets that stand right here get a wasm block each, as merges do. */
  #dispatch(id: BlockId, targets: readonly BlockId[]): void {
    const here = [...new Set(targets)].filter((target) => this.#label(id, target) === undefined);
    for (const target of [...here].reverse()) {
      this.#code.block();
      this.#blockLabel[target] = ++this.#depth;
    }
    const depths = targets.map(
      (target) => this.#label(id, target) ?? this.#depth - this.#blockLabel[target]!,
    );
    this.#lowering.getLabel();
    this.#code.brTable(depths);
    this.#then(
      ...here.map((target) => () => {
        this.#end();
        this.#tree(target);
      }),
    );
  }
}
