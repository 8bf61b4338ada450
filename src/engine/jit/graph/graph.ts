import { SkepError } from '../../../errors/base.js';
import {
  type Insn,
  type InsnIndex,
  type InvalidInsn,
  type Operation,
  operationAt,
} from '../../../isa/index.js';

export type BlockId = number;

/** How a block ends. `insn` is the instruction that decides. */
export type Terminator =
  | { readonly kind: 'goto'; readonly to: BlockId }
  | {
      readonly kind: 'branch';
      readonly insn: InsnIndex;
      readonly operation: Extract<Operation, { kind: 'branch' | 'may_goto' }>;
      readonly taken: BlockId;
      readonly otherwise: BlockId;
    }
  | { readonly kind: 'exit'; readonly insn: InsnIndex }
  /** Goes where the label variable says: only in the dispatch blocks of irreducible regions. */
  | { readonly kind: 'dispatch'; readonly targets: readonly BlockId[] };

/** A run of instructions that is entered at its start and left at its end. */
export interface Block {
  readonly start: InsnIndex;
  /** One past the last instruction before the deciding one. */
  readonly end: InsnIndex;
  /** Set in a block that only sets the label variable, on the way to a dispatch block. */
  readonly label?: number;
  readonly terminator: Terminator;
}

/** The control flow of one function; block 0 is the entry, and every block is reachable. */
export interface Graph {
  readonly blocks: readonly Block[];
}

/** Every slot's meaning; undefined for the second slot of a 64-bit immediate load. */
export type Operations = readonly (Operation | InvalidInsn | undefined)[];

export function decodeOperations(insns: readonly Insn[]): Operations {
  const operations: (Operation | InvalidInsn | undefined)[] = [];
  for (let index = 0; index < insns.length; index++) {
    const operation = operationAt(insns, index);
    operations.push(operation);
    if (operation.kind === 'ld_imm64') {
      operations.push(undefined);
      index++;
    }
  }
  return operations;
}

/**
 * The control-flow graph of what can be reached from `entry`.
 *
 * @throws {SkepError} `JIT_BAD_PROGRAM` when a path meets an instruction without meaning, jumps out of the program,
 * or falls off its end: a verified program has none of these.
 */
export function buildGraph(operations: Operations, entry: InsnIndex): Graph {
  const leaders = findLeaders(operations, entry);
  const starts = [...leaders].sort((a, b) => a - b);
  // The entry comes first, whatever lies before it.
  starts.splice(starts.indexOf(entry), 1);
  starts.unshift(entry);
  const ids = new Map(starts.map((start, id) => [start, id]));
  const blocks = starts.map((start) => readBlock(operations, start, ids));
  return { blocks };
}

function findLeaders(operations: Operations, entry: InsnIndex): Set<InsnIndex> {
  const leaders = new Set<InsnIndex>([entry]);
  const visited = new Uint8Array(operations.length);
  const pending: InsnIndex[] = [entry];
  for (let start = pending.pop(); start !== undefined; start = pending.pop()) {
    for (let at = start; ; ) {
      const operation = meaningful(operations, at);
      if (visited[at] === 1) break;
      visited[at] = 1;
      const next = successors(operation, at);
      if (next !== undefined) {
        for (const target of next) {
          leaders.add(target);
          pending.push(target);
        }
        break;
      }
      at += slots(operation);
    }
  }
  return leaders;
}

function slots(operation: Operation): number {
  return operation.kind === 'ld_imm64' ? 2 : 1;
}

function meaningful(operations: Operations, at: InsnIndex): Operation {
  const operation = operations[at];
  if (operation === undefined) {
    throw bad(at, at < operations.length && at >= 0 ? 'is the second half of another' : 'does not exist');
  }
  if (operation.kind === 'invalid') throw bad(at, `has no meaning: ${operation.reason}`);
  return operation;
}

function bad(insn: InsnIndex, what: string): SkepError {
  return new SkepError('JIT_BAD_PROGRAM', `The program reaches instruction ${insn}, which ${what}.`, {
    facts: { insn },
    hint: 'Run the verifier first: it explains what is wrong with the program.',
  });
}

/** Where control can go after a deciding instruction; undefined for any other. */
function successors(operation: Operation, at: InsnIndex): readonly InsnIndex[] | undefined {
  switch (operation.kind) {
    case 'goto':
      return [at + 1 + operation.offset];
    case 'branch':
    case 'may_goto':
      return [at + 1 + operation.offset, at + 1];
    case 'exit':
      return [];
    default:
      return undefined;
  }
}

function readBlock(operations: Operations, start: InsnIndex, ids: ReadonlyMap<InsnIndex, BlockId>): Block {
  const id = (at: InsnIndex): BlockId => ids.get(at) as BlockId;
  for (let at = start; ; ) {
    const operation = meaningful(operations, at);
    if (at !== start && ids.has(at)) return { start, end: at, terminator: { kind: 'goto', to: id(at) } };
    switch (operation.kind) {
      case 'goto':
        return { start, end: at, terminator: { kind: 'goto', to: id(at + 1 + operation.offset) } };
      case 'branch':
      case 'may_goto': {
        const taken = id(at + 1 + operation.offset);
        const otherwise = id(at + 1);
        return { start, end: at, terminator: { kind: 'branch', insn: at, operation, taken, otherwise } };
      }
      case 'exit':
        return { start, end: at, terminator: { kind: 'exit', insn: at } };
      default:
        at += slots(operation);
    }
  }
}

/** The blocks that may run after one that ends so; may name one twice. */
export function targetsOf(terminator: Terminator): readonly BlockId[] {
  switch (terminator.kind) {
    case 'goto':
      return [terminator.to];
    case 'branch':
      return [terminator.taken, terminator.otherwise];
    case 'exit':
      return [];
    case 'dispatch':
      return terminator.targets;
    default:
      return terminator satisfies never;
  }
}
