import { FRAME_POINTER, type Operand, type Operation } from '../../../isa/index.js';
import type { Dominators } from '../graph/dominators.js';
import { type Graph, type Operations, targetsOf } from '../graph/graph.js';

/**
 * What a register is known to hold on every path; undefined is any number or pointer, but none into this function's
 * frame. `frame_somewhere` may be a pointer into the frame at an unknown offset, or anything else.
 */
export type Value =
  | { readonly kind: 'frame'; readonly off: number }
  | { readonly kind: 'frame_somewhere' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'map'; readonly map: number }
  | { readonly kind: 'map_value'; readonly map: number; readonly off: number }
  | undefined;

/** Values of r0 to r10. */
export type State = Value[];

const SOMEWHERE: Value = { kind: 'frame_somewhere' };
const REGISTER_COUNT = 11;

/**
 * The register values at the start of every block, by the usual iteration to a fixed point. It relies on what the
 * verifier guarantees (r1–r5 are unreadable after a call), so it is only for verified programs.
 */
export function findValues(operations: Operations, graph: Graph, dominators: Dominators): readonly State[] {
  const states: (State | undefined)[] = graph.blocks.map(() => undefined);
  const entry: State = Array.from({ length: REGISTER_COUNT }, () => undefined);
  entry[FRAME_POINTER] = { kind: 'frame', off: 0 };
  states[0] = entry;
  for (let changed = true; changed; ) {
    changed = false;
    for (const id of dominators.order) {
      const before = states[id];
      if (before === undefined) continue;
      const state = [...before];
      const block = graph.blocks[id]!;
      for (let at = block.start; at < block.end; at++) {
        const operation = operations[at];
        if (operation !== undefined && operation.kind !== 'invalid') advance(state, operation);
      }
      for (const target of targetsOf(block.terminator)) {
        const known = states[target];
        if (known === undefined) {
          states[target] = [...state];
          changed = true;
        } else if (join(known, state)) changed = true;
      }
    }
  }
  return states.map((state) => state ?? entry);
}

/** Widens `known` by `other`; whether that changed it. */
function join(known: State, other: State): boolean {
  let changed = false;
  for (let reg = 0; reg < REGISTER_COUNT; reg++) {
    const [a, b] = [known[reg], other[reg]];
    if (a === b || (a !== undefined && b !== undefined && equal(a, b))) continue;
    const joined = inFrame(a) || inFrame(b) ? SOMEWHERE : undefined;
    if (joined?.kind !== a?.kind) {
      known[reg] = joined;
      changed = true;
    }
  }
  return changed;
}

function equal(a: NonNullable<Value>, b: NonNullable<Value>): boolean {
  switch (a.kind) {
    case 'frame':
      return b.kind === 'frame' && a.off === b.off;
    case 'frame_somewhere':
      return b.kind === 'frame_somewhere';
    case 'number':
      return b.kind === 'number' && a.value === b.value;
    case 'map':
      return b.kind === 'map' && a.map === b.map;
    case 'map_value':
      return b.kind === 'map_value' && a.map === b.map && a.off === b.off;
    default:
      return a satisfies never;
  }
}

/** Whether the value may point into the frame. */
export function inFrame(value: Value): boolean {
  return value?.kind === 'frame' || value?.kind === 'frame_somewhere';
}

function operandValue(state: State, operand: Operand): Value {
  return operand.kind === 'reg' ? state[operand.reg] : { kind: 'number', value: operand.imm };
}

/** Applies one operation that is no jump to the register values. */
export function advance(state: State, operation: Operation): void {
  switch (operation.kind) {
    case 'alu':
      state[operation.dst] = aluValue(state, operation);
      return;
    case 'ld_imm64':
      state[operation.dst] = immediate(operation);
      return;
    case 'movsx':
    case 'addr_space_cast':
      state[operation.dst] = inFrame(state[operation.src]) ? SOMEWHERE : undefined;
      return;
    case 'neg':
    case 'end':
      state[operation.dst] = inFrame(state[operation.dst]) ? SOMEWHERE : undefined;
      return;
    case 'load':
      state[operation.dst] = undefined;
      return;
    case 'atomic':
      if (operation.op === 'cmpxchg') state[0] = undefined;
      else if (operation.fetch || operation.op === 'load_acquire') state[operation.src] = undefined;
      return;
    case 'call_helper':
    case 'call_local':
    case 'call_kfunc':
    case 'call_register':
    case 'ld_abs':
    case 'ld_ind':
      for (let reg = 0; reg <= 5; reg++) state[reg] = undefined;
      return;
    case 'store':
    case 'goto':
    case 'may_goto':
    case 'branch':
    case 'exit':
      return;
    default:
      operation satisfies never;
  }
}

function aluValue(state: State, operation: Extract<Operation, { kind: 'alu' }>): Value {
  const dst = state[operation.dst];
  const src = operandValue(state, operation.src);
  if (operation.width === 64) {
    if (operation.op === 'mov') return src;
    const sign = operation.op === 'add' ? 1 : operation.op === 'sub' ? -1 : 0;
    if (sign !== 0 && src?.kind === 'number') {
      if (dst?.kind === 'frame') return { kind: 'frame', off: dst.off + sign * src.value };
      if (dst?.kind === 'map_value') return { ...dst, off: dst.off + sign * src.value };
      if (dst?.kind === 'number') return numberValue(dst.value + sign * src.value);
    }
    if (sign === 1 && dst?.kind === 'number' && src?.kind === 'frame') {
      return { kind: 'frame', off: src.off + dst.value };
    }
  } else if (operation.op === 'mov' && src?.kind === 'number') {
    return numberValue(src.value >>> 0);
  }
  // mov does not look at the old destination.
  return inFrame(src) || (operation.op !== 'mov' && inFrame(dst)) ? SOMEWHERE : undefined;
}

function numberValue(value: number): Value {
  return Number.isSafeInteger(value) ? { kind: 'number', value } : undefined;
}

function immediate(operation: Extract<Operation, { kind: 'ld_imm64' }>): Value {
  switch (operation.pseudo) {
    case 'map_idx':
      return { kind: 'map', map: operation.low };
    case 'map_idx_value':
      return { kind: 'map_value', map: operation.low, off: operation.high };
    case 'imm':
      return numberValue(operation.high * 2 ** 32 + (operation.low >>> 0));
    default:
      return undefined;
  }
}
