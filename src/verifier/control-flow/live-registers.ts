import type { Operation } from '../../isa/index.js';
import { type Shape, successors } from './shape.js';

/** Linux takes a legacy load to read every register. */
const ALL = 0x3ff;
const CALLER_SAVED = 0b111111;
const ARGUMENTS = 0b111110;

/**
 * Which registers each instruction may still read before it is run, found backwards over the graph of each
 * subprogram. Registers that are dead never keep two states apart.
 *
 * @param argumentCount how many arguments a helper, and a kernel function, takes; undefined for one that this program may
 *   not call.
 */
export function liveRegisters(
  shape: Pick<Shape, 'operations' | 'insns'>,
  argumentCount: ArgumentCounts,
): Uint16Array {
  const { length } = shape.insns;
  const live = new Uint16Array(length);
  const predecessors: number[][] = Array.from({ length }, () => []);
  for (let index = 0; index < length; index++)
    for (const next of successors(shape, index)) predecessors[next]?.push(index);
  const pending: number[] = [];
  const queued = new Uint8Array(length).fill(1);
  for (let index = 0; index < length; index++) pending.push(index);
  while (pending.length > 0) {
    const index = pending.pop() as number;
    queued[index] = 0;
    const operation = shape.operations[index];
    if (operation === undefined) continue;
    const { uses, defines } = effects(operation, argumentCount);
    let after = 0;
    for (const next of successors(shape, index)) after |= live[next] as number;
    const before = (after & ~defines) | uses;
    if (before === live[index]) continue;
    live[index] = before;
    for (const previous of predecessors[index] as number[]) {
      if (queued[previous] === 1) continue;
      queued[previous] = 1;
      pending.push(previous);
    }
  }
  return live;
}

interface ArgumentCounts {
  readonly helper: (id: number) => number | undefined;
  readonly kfunc: (id: number) => number | undefined;
}

interface Effects {
  readonly uses: number;
  readonly defines: number;
}

function effects(operation: Operation, argumentCount: ArgumentCounts): Effects {
  switch (operation.kind) {
    case 'alu': {
      const source = operation.src.kind === 'reg' ? 1 << operation.src.reg : 0;
      const own = operation.op === 'mov' ? 0 : 1 << operation.dst;
      return { uses: source | own, defines: 1 << operation.dst };
    }
    case 'movsx':
    case 'addr_space_cast':
      return { uses: 1 << operation.src, defines: 1 << operation.dst };
    case 'neg':
    case 'end':
      return { uses: 1 << operation.dst, defines: 1 << operation.dst };
    case 'branch': {
      const source = operation.src.kind === 'reg' ? 1 << operation.src.reg : 0;
      return { uses: source | (1 << operation.dst), defines: 0 };
    }
    case 'load':
      return { uses: 1 << operation.base, defines: 1 << operation.dst };
    case 'store': {
      const source = operation.src.kind === 'reg' ? 1 << operation.src.reg : 0;
      return { uses: source | (1 << operation.base), defines: 0 };
    }
    case 'ld_imm64':
      return { uses: 0, defines: 1 << operation.dst };
    case 'exit':
      return { uses: 1, defines: 0 };
    case 'goto':
    case 'may_goto':
      return { uses: 0, defines: 0 };
    default:
      return callEffects(operation, argumentCount);
  }
}

function callEffects(
  operation: Extract<
    Operation,
    { kind: 'atomic' | 'ld_abs' | 'ld_ind' | 'call_helper' | 'call_local' | 'call_kfunc' | 'call_register' }
  >,
  argumentCount: ArgumentCounts,
): Effects {
  switch (operation.kind) {
    case 'atomic': {
      const base = 1 << operation.base;
      const source = 1 << operation.src;
      if (operation.op === 'load_acquire') return { uses: base, defines: source };
      if (operation.op === 'cmpxchg') return { uses: base | source | 1, defines: 1 };
      return { uses: base | source, defines: operation.fetch ? source : 0 };
    }
    // As Linux does, which has no rule for them.
    case 'ld_abs':
    case 'ld_ind':
      return { uses: ALL, defines: 0 };
    case 'call_helper':
      return callOf(argumentCount.helper(operation.id));
    case 'call_kfunc':
      return callOf(argumentCount.kfunc(operation.btfId));
    case 'call_local':
    case 'call_register':
      return { uses: ARGUMENTS, defines: CALLER_SAVED };
  }
}

function callOf(count: number | undefined): Effects {
  return { uses: count === undefined ? ARGUMENTS : (2 << count) - 2, defines: CALLER_SAVED };
}
