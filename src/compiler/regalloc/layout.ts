import type { BranchOp, Operation, Reg } from '../../isa/index.js';
import type { BpfCpu } from '../front/front.js';
import type { CompiledInstruction } from '../machine/function.js';
import type { MachineBlockId } from '../machine/instruction.js';
import { SourceProblem } from '../problem.js';
import { type Block, type Code, type Ending, type Frame, type Node, successors } from './item.js';
import type { AsmJump } from './lower-asm.js';

/** An instruction whose jump, if it is one, still names a block. */
interface Loose extends CompiledInstruction {
  readonly target?: MachineBlockId | undefined;
}

const INVERSE: Partial<Record<BranchOp, BranchOp>> = {
  jeq: 'jne',
  jne: 'jeq',
  jgt: 'jle',
  jle: 'jgt',
  jge: 'jlt',
  jlt: 'jge',
  jsgt: 'jsle',
  jsle: 'jsgt',
  jsge: 'jslt',
  jslt: 'jsge',
};
/** What cpu v1 can jump on. */
const V1 = new Set<BranchOp>(['jeq', 'jne', 'jgt', 'jge', 'jset', 'jsgt', 'jsge']);
const MAX_JUMP = 0x7fff;

/** Puts the blocks in a row and resolves their jumps. */
export function layOutCode(
  code: Code,
  registers: readonly Reg[],
  frame: Frame,
  cpu: BpfCpu,
): CompiledInstruction[] {
  const bodies = code.blocks.map((block) => bodyOf(block, registers, frame));
  const threads = new Threads(code, bodies);
  const order = blockOrder(code, threads);
  const loose: Loose[] = [];
  const starts = new Map<number, number>();
  order.forEach((index, position) => {
    const block = code.blocks[index];
    if (block === undefined) return;
    starts.set(index, loose.length);
    loose.push(...(bodies[index] ?? []));
    loose.push(...endingOf(block.ending, order[position + 1], registers, threads, cpu));
  });
  return resolved(loose, starts, threads, cpu);
}

function bodyOf(block: Block, registers: readonly Reg[], frame: Frame): Loose[] {
  return block.items.flatMap((item) => {
    const made = item.make(
      item.operands.map(({ node }) => registers[node] ?? 0),
      frame,
    ) as readonly AsmJump[];
    return made.map(({ operation, symbol, block: target }) => ({
      operation,
      symbol,
      target,
      location: item.location,
      core: item.core,
    }));
  });
}

/** Where jumps really lead: through blocks that only jump on. */
class Threads {
  readonly #code: Code;
  readonly #bodies: readonly (readonly Loose[])[];

  constructor(code: Code, bodies: readonly (readonly Loose[])[]) {
    this.#code = code;
    this.#bodies = bodies;
  }

  end(block: MachineBlockId): MachineBlockId {
    let at = block;
    for (let steps = 0; steps < this.#code.blocks.length; steps++) {
      const ending = this.#code.blocks[at]?.ending;
      if (ending?.kind !== 'goto' || (this.#bodies[at]?.length ?? 0) > 0) return at;
      at = ending.target;
    }
    return at;
  }

  /** Whether a block is nothing but an exit, which is as short as a jump to it. */
  isExit(block: MachineBlockId): boolean {
    return this.#code.blocks[block]?.ending.kind === 'exit' && (this.#bodies[block]?.length ?? 0) === 0;
  }
}

/**
 * A row in which each block comes after those that lead to it, loops' edges back aside, and follows the one that goes
 * on to it where that can be.
 */
function blockOrder(code: Code, threads: Threads): number[] {
  const next = code.blocks.map(({ ending }) => successors(ending).map((target) => threads.end(target)));
  const first = threads.end(0 as MachineBlockId);
  const rank = reversePostOrder(next, first);
  const waitsFor = new Map<number, number>();
  for (const [block] of rank) {
    for (const target of new Set(next[block])) {
      if (isForward(rank, block, target)) waitsFor.set(target, (waitsFor.get(target) ?? 0) + 1);
    }
  }
  const unplaced = new Set([...rank.keys()].sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0)));
  const order: number[] = [];
  let block: number | undefined = first;
  while (block !== undefined) {
    order.push(block);
    unplaced.delete(block);
    for (const target of new Set(next[block])) {
      if (isForward(rank, block, target)) waitsFor.set(target, (waitsFor.get(target) ?? 0) - 1);
    }
    const ready: number[] = (next[block] ?? []).filter(
      (target) => unplaced.has(target) && waitsFor.get(target) === 0,
    );
    // The first in the order is always ready.
    block = preferred(code, ready) ?? [...unplaced][0];
  }
  return order;
}

function isForward(rank: ReadonlyMap<number, number>, from: number, to: number): boolean {
  return (rank.get(from) ?? 0) < (rank.get(to) ?? 0);
}

/** The place of each block that is reached in an order that only loops go against. */
function reversePostOrder(next: readonly (readonly number[])[], first: number): Map<number, number> {
  const seen = new Set([first]);
  const done: number[] = [];
  const stack = [{ block: first, at: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const target = next[top.block]?.[top.at++];
    if (target === undefined) {
      done.push(top.block);
      stack.pop();
    } else if (!seen.has(target)) {
      seen.add(target);
      stack.push({ block: target, at: 0 });
    }
  }
  return new Map(done.reverse().map((block, index) => [block, index]));
}

/** The successor that should follow: one that runs more often, else the one when the condition is false. */
function preferred(code: Code, targets: readonly number[]): number | undefined {
  let best = targets.at(-1);
  for (const target of targets) {
    const frequency = code.blocks[target]?.frequency ?? 0;
    if (best !== undefined && frequency > (code.blocks[best]?.frequency ?? 0)) best = target;
  }
  return best;
}

function endingOf(
  ending: Ending,
  next: number | undefined,
  registers: readonly Reg[],
  threads: Threads,
  cpu: BpfCpu,
): Loose[] {
  switch (ending.kind) {
    case 'exit':
      return [{ operation: { kind: 'exit' }, location: ending.location }];
    case 'unreachable':
      // Nothing gets here; the loader still wants every path to end.
      return [{ operation: { kind: 'exit' } }];
    case 'goto':
      return jumpTo(ending.target, next, threads, undefined);
    case 'asm':
      return jumpTo(ending.next, next, threads, undefined);
    case 'branch': {
      const whenTrue = threads.end(ending.whenTrue);
      const whenFalse = threads.end(ending.whenFalse);
      if (whenTrue === whenFalse) return jumpTo(whenTrue, next, threads, ending.location);
      const inverse = INVERSE[ending.op];
      if (whenTrue === next && inverse !== undefined && (cpu >= 'v2' || V1.has(inverse))) {
        return [branch(ending, inverse, whenFalse, registers)];
      }
      return [
        branch(ending, ending.op, whenTrue, registers),
        ...jumpTo(whenFalse, next, threads, ending.location),
      ];
    }
    default:
      return ending satisfies never;
  }
}

function jumpTo(
  block: MachineBlockId,
  next: number | undefined,
  threads: Threads,
  location: CompiledInstruction['location'],
): Loose[] {
  const target = threads.end(block);
  if (target === next) return [];
  if (threads.isExit(target)) return [{ operation: { kind: 'exit' }, location }];
  return [{ operation: { kind: 'goto', wide: false, offset: 0 }, target, location }];
}

function branch(
  ending: Extract<Ending, { kind: 'branch' }>,
  op: BranchOp,
  target: MachineBlockId,
  registers: readonly Reg[],
): Loose {
  const [left, right] = ending.operands.map(({ node }: { readonly node: Node }) => registers[node] ?? 0);
  const src = ending.imm === undefined ? { kind: 'reg', reg: right ?? 0 } : { kind: 'imm', imm: ending.imm };
  const operation = { kind: 'branch', op, width: ending.width, dst: left ?? 0, src, offset: 0 } as Operation;
  return { operation, target, location: ending.location };
}

/** Fills in the distances of jumps, in slots. */
function resolved(
  loose: readonly Loose[],
  starts: ReadonlyMap<number, number>,
  threads: Threads,
  cpu: BpfCpu,
): CompiledInstruction[] {
  const slots: number[] = [];
  let slot = 0;
  for (const { operation } of loose) {
    slots.push(slot);
    slot += operation.kind === 'ld_imm64' ? 2 : 1;
  }
  slots.push(slot);
  return loose.map(({ target, ...instruction }, index) => {
    if (target === undefined) return instruction;
    const start = starts.get(threads.end(target)) ?? 0;
    const offset = (slots[start] ?? 0) - (slots[index] ?? 0) - 1;
    const far = Math.abs(offset) > MAX_JUMP;
    if (far && (instruction.operation.kind !== 'goto' || cpu < 'v4')) {
      throw new SourceProblem(
        `a jump over ${Math.abs(offset)} instructions is further than BPF can jump`,
        instruction.location,
        'split the function',
      );
    }
    const operation = { ...instruction.operation, offset, ...(far ? { wide: true } : {}) } as Operation;
    return { ...instruction, operation };
  });
}
