import type { HelperArg } from '../../helpers/helper.js';
import type { InsnIndex, Operation } from '../../isa/index.js';
import type { Executable } from '../abi.js';
import { PLAIN_STACK, planStack, type StackPlan } from './analysis/stack.js';
import { findValues } from './analysis/values.js';
import { buildGraph, type Operations } from './graph/graph.js';
import { prepareGraph } from './graph/structure.js';
import type { ImportedBinding, ModuleNeeds } from './lower/environment.js';
import type { FunctionPlan } from './lower/function.js';
import { inlineOf } from './lower/lookup.js';

/** The prototypes of helpers: what they may do to the memory behind their arguments. Unknown ones may do anything. */
export type HelperArgs = (id: number) => readonly HelperArg[] | undefined;

/** A program as it is to be lowered. */
export interface ProgramSurvey {
  readonly plans: ReadonlyMap<InsnIndex, FunctionPlan>;
  /** Functions that are called locally or whose address is taken. */
  readonly called: readonly InsnIndex[];
  readonly needs: ModuleNeeds;
}

/** Plans every function that can be reached from `entry`, and collects what the module has to import. */
export function surveyProgram(
  executable: Executable,
  operations: Operations,
  entry: InsnIndex,
  helperArgs: HelperArgs,
): ProgramSurvey {
  return new Surveyor(executable, operations, helperArgs).survey(entry);
}

class Surveyor {
  readonly #executable: Executable;
  readonly #operations: Operations;
  readonly #helperArgs: HelperArgs;
  readonly #called = new Set<InsnIndex>();
  readonly #callbacks = new Set<InsnIndex>();
  readonly #helpers: ImportedBinding[] = [];
  #tailCalls = false;
  #cpuArea = false;
  #packetLoad = false;
  /** Of the function being surveyed: it calls something that may take frames of its own. */
  #nests = false;

  constructor(executable: Executable, operations: Operations, helperArgs: HelperArgs) {
    this.#executable = executable;
    this.#operations = operations;
    this.#helperArgs = helperArgs;
  }

  survey(entry: InsnIndex): ProgramSurvey {
    const plans = new Map<InsnIndex, FunctionPlan>();
    for (let start: InsnIndex | undefined = entry; start !== undefined; ) {
      plans.set(start, this.#plan(start));
      start = [...this.#called].find((callee) => !plans.has(callee));
    }
    return {
      plans,
      called: [...this.#called],
      needs: {
        helpers: this.#helpers,
        tailCalls: this.#tailCalls,
        cpuArea: this.#cpuArea,
        packetLoad: this.#packetLoad,
        callbacks: [...this.#callbacks],
      },
    };
  }

  #plan(start: InsnIndex): FunctionPlan {
    const prepared = prepareGraph(buildGraph(this.#operations, start));
    const stack = this.#executable.sandbox ? PLAIN_STACK : this.#planStack(prepared);
    this.#nests = false;
    for (const block of prepared.graph.blocks) {
      for (let at = block.start; at < block.end; at++) {
        const operation = this.#operations[at];
        if (operation !== undefined && operation.kind !== 'invalid') this.#visit(at, operation, stack);
      }
    }
    return { ...prepared, stack, nests: this.#nests };
  }

  #planStack({ graph, dominators }: Pick<FunctionPlan, 'graph' | 'dominators'>): StackPlan {
    const executable = this.#executable;
    return planStack(this.#operations, graph, findValues(this.#operations, graph, dominators), {
      maps: executable.maps,
      helperArgs: this.#helperArgs,
      mapAt: (at) => executable.facts?.insns[at]?.map,
      keyByValue: (id, map) => inlineOf(executable.helper(id, map.facts))?.keyBytes,
    });
  }

  #visit(at: InsnIndex, operation: Operation, stack: StackPlan): void {
    switch (operation.kind) {
      case 'call_local':
        this.#nests = true;
        this.#called.add(at + 1 + operation.offset);
        return;
      case 'ld_imm64':
        if (operation.pseudo !== 'func') return;
        // Whatever gets the address may call the function.
        this.#nests = true;
        this.#callbacks.add(at + 1 + operation.low);
        this.#called.add(at + 1 + operation.low);
        return;
      case 'ld_abs':
      case 'ld_ind':
        this.#packetLoad = true;
        return;
      case 'call_helper':
        this.#visitHelper(at, operation.id, stack);
        return;
      case 'call_register':
        if (this.#executable.callByNumber === undefined) return;
        this.#nests = true;
        this.#helpers.push(this.#executable.callByNumber);
        return;
      default:
        return;
    }
  }

  #visitHelper(at: InsnIndex, id: number, stack: StackPlan): void {
    const map = stack.calls.get(at)?.map;
    const facts = map === undefined ? undefined : this.#executable.maps[map]?.facts;
    const binding = this.#executable.helper(id, facts);
    const inline = facts === undefined ? undefined : inlineOf(binding);
    if (binding?.kind === 'tail_call') {
      this.#tailCalls = true;
      this.#cpuArea = true;
    } else if (inline !== undefined) {
      this.#cpuArea ||= inline.usesCpu;
    } else if (binding !== undefined) {
      // A helper written in TypeScript may run other programs; one that takes a function calls it.
      const calls = this.#helperArgs(id)?.some(({ kind }) => kind === 'func') === true;
      this.#nests ||= binding.kind === 'host' || calls;
      this.#helpers.push(binding);
    }
  }
}
