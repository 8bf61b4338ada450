import type { HelperArg } from '../../../helpers/helper.js';
import type { AccessBytes, InsnIndex, Operation } from '../../../isa/index.js';
import type { MapBinding } from '../../abi.js';
import type { Graph, Operations } from '../graph/graph.js';
import { advance, inFrame, type State, type Value } from './values.js';

/** Linux: MAX_BPF_STACK. */
export const FRAME_BYTES = 512;

/** A piece of the frame that is only ever read and written whole, by instructions that name it: it can be a local. */
export interface Slot {
  readonly off: number;
  readonly bytes: number;
}

/** What is known at a helper call. */
export interface CallSite {
  /** Index of the map that the helper gets. */
  readonly map?: number;
  /** Set when r2 points to the frame: the key's offset in it. */
  readonly keyOff?: number;
}

export interface StackPlan {
  /** Where an instruction accesses the frame, as an offset from r10. */
  readonly accesses: ReadonlyMap<InsnIndex, number>;
  /** Slots that become locals, by offset. */
  readonly slots: ReadonlyMap<number, Slot>;
  /** Bytes of frame that must really be in memory, a multiple of 16. */
  readonly frameBytes: number;
  readonly calls: ReadonlyMap<InsnIndex, CallSite>;
  /** Loads from a map's value at a constant offset. */
  readonly mapValues: ReadonlyMap<InsnIndex, { readonly map: number; readonly off: number }>;
}

/** The plan when nothing may be assumed: everything in memory. */
export const PLAIN_STACK: StackPlan = {
  accesses: new Map(),
  slots: new Map(),
  frameBytes: FRAME_BYTES,
  calls: new Map(),
  mapValues: new Map(),
};

export interface StackQuestions {
  readonly maps: readonly MapBinding[];
  readonly helperArgs: (id: number) => readonly HelperArg[] | undefined;
  /** The map argument that the verifier found for a helper call. */
  readonly mapAt: (at: InsnIndex) => number | undefined;
  /** Whether a call of the helper on the map takes its key by value, as so many bytes. */
  readonly keyByValue: (id: number, map: MapBinding) => AccessBytes | undefined;
}

interface Range {
  readonly off: number;
  readonly bytes: number;
}

/** Finds out which parts of a verified function's frame nobody else can see. */
export function planStack(
  operations: Operations,
  graph: Graph,
  states: readonly State[],
  questions: StackQuestions,
): StackPlan {
  const survey = new Survey(questions);
  graph.blocks.forEach((block, id) => {
    const state = [...states[id]!];
    for (let at = block.start; at < block.end; at++) {
      const operation = operations[at];
      if (operation === undefined || operation.kind === 'invalid') continue;
      survey.visit(at, operation, state);
      advance(state, operation);
    }
  });
  return survey.plan();
}

class Survey {
  readonly #questions: StackQuestions;
  readonly #accesses = new Map<InsnIndex, number>();
  readonly #calls = new Map<InsnIndex, CallSite>();
  readonly #mapValues = new Map<InsnIndex, { map: number; off: number }>();
  /** Accesses by instructions of this function. */
  readonly #named: Range[] = [];
  /** What others read or write. */
  readonly #shared: Range[] = [];
  #escapes = false;

  constructor(questions: StackQuestions) {
    this.#questions = questions;
  }

  visit(at: InsnIndex, operation: Operation, state: State): void {
    switch (operation.kind) {
      case 'load':
        this.#access(at, operation, state[operation.base]);
        return;
      case 'store':
        this.#access(at, operation, state[operation.base]);
        if (operation.src.kind === 'reg') this.#publish(state[operation.src.reg]);
        return;
      case 'atomic': {
        const base = state[operation.base];
        if (base?.kind === 'frame')
          this.#shared.push({ off: base.off + operation.off, bytes: operation.bytes });
        else this.#publish(base);
        this.#publish(state[operation.src]);
        if (operation.op === 'cmpxchg') this.#publish(state[0]);
        return;
      }
      case 'call_helper':
        this.#helperCall(at, operation.id, state);
        return;
      case 'call_local':
      case 'call_kfunc':
      case 'call_register':
        for (let reg = 1; reg <= 5; reg++) this.#publish(state[reg]);
        return;
      case 'alu':
      case 'movsx':
      case 'addr_space_cast':
      case 'neg':
      case 'end':
        this.#arithmetic(operation, state);
        return;
      default:
        return;
    }
  }

  /** A pointer goes where it is not followed. */
  #publish(value: Value): void {
    if (inFrame(value)) this.#escapes = true;
  }

  /** Arithmetic whose result is no longer known to point at a place in the frame gives the frame up. */
  #arithmetic(
    operation: Extract<Operation, { kind: 'alu' | 'movsx' | 'addr_space_cast' | 'neg' | 'end' }>,
    state: State,
  ): void {
    const copies = operation.kind === 'alu' && operation.op === 'mov' && operation.width === 64;
    if (copies) return;
    const sources: Value[] = [];
    if (operation.kind === 'alu') {
      if (operation.op !== 'mov') sources.push(state[operation.dst]);
      if (operation.src.kind === 'reg') sources.push(state[operation.src.reg]);
    } else if ('src' in operation) sources.push(state[operation.src]);
    else sources.push(state[operation.dst]);
    if (!sources.some(inFrame)) return;
    const after = [...state];
    advance(after, operation);
    if (after[operation.dst]?.kind !== 'frame') this.#escapes = true;
  }

  #access(at: InsnIndex, operation: { bytes: AccessBytes; off: number }, base: Value): void {
    if (base?.kind === 'frame') {
      const off = base.off + operation.off;
      this.#accesses.set(at, off);
      this.#named.push({ off, bytes: operation.bytes });
    } else if (base?.kind === 'map_value') {
      this.#mapValues.set(at, { map: base.map, off: base.off + operation.off });
    } else this.#publish(base);
  }

  #helperCall(at: InsnIndex, id: number, state: State): void {
    const [first, second] = [state[1], state[2]];
    const number = first?.kind === 'map' ? first.map : this.#questions.mapAt(at);
    const map = number === undefined ? undefined : this.#questions.maps[number];
    this.#calls.set(at, {
      ...(number === undefined ? {} : { map: number }),
      ...(second?.kind === 'frame' ? { keyOff: second.off } : {}),
    });
    if (map !== undefined && second?.kind === 'frame') {
      const bytes = this.#questions.keyByValue(id, map);
      if (bytes !== undefined) {
        this.#named.push({ off: second.off, bytes });
        return;
      }
    }
    const args = this.#questions.helperArgs(id);
    for (let reg = 1; reg <= (args?.length ?? 5); reg++) {
      const value = state[reg];
      if (!inFrame(value)) continue;
      const bytes = args && argumentBytes(args, reg - 1, map, state[reg + 1]);
      if (value?.kind === 'frame' && bytes !== undefined) this.#shared.push({ off: value.off, bytes });
      else this.#escapes = true;
    }
  }

  plan(): StackPlan {
    const found = { accesses: this.#accesses, calls: this.#calls, mapValues: this.#mapValues };
    if (this.#escapes) return { ...found, slots: new Map(), frameBytes: FRAME_BYTES };
    const slots = new Map<number, Slot>();
    let deepest = 0;
    for (const { off, bytes } of this.#shared) if (bytes > 0) deepest = Math.min(deepest, off);
    for (const group of overlapping(this.#named)) {
      const [first] = group as [Range];
      const alone =
        group.every(({ off, bytes }) => off === first.off && bytes === first.bytes) &&
        !this.#shared.some((range) => overlap(range, first));
      if (alone) slots.set(first.off, first);
      else deepest = Math.min(deepest, ...group.map(({ off }) => off));
    }
    return { ...found, slots, frameBytes: Math.ceil(-deepest / 16) * 16 };
  }
}

/** Bytes that a helper may touch behind an argument; undefined when that is not known. */
function argumentBytes(
  args: readonly HelperArg[],
  index: number,
  map: MapBinding | undefined,
  next: Value,
): number | undefined {
  const arg = args[index];
  switch (arg?.kind) {
    case 'map_key':
      return map?.facts.keySize;
    case 'map_value':
      return map?.facts.valueSize;
    case 'mem':
      if (arg.size !== undefined) return arg.size;
      if (args[index + 1]?.kind !== 'size' || next?.kind !== 'number') return undefined;
      return next.value;
    default:
      return undefined;
  }
}

function overlap(a: Range, b: Range): boolean {
  return a.off < b.off + b.bytes && b.off < a.off + a.bytes;
}

/** Groups ranges so that ranges of different groups do not overlap. */
function overlapping(ranges: readonly Range[]): Range[][] {
  const groups: Range[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const range of [...ranges].sort((a, b) => a.off - b.off)) {
    if (range.off >= end) groups.push([]);
    groups.at(-1)!.push(range);
    end = Math.max(end, range.off + range.bytes);
  }
  return groups;
}
