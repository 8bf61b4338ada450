import type { Helper } from '../../helpers/helper.js';
import type { Operation } from '../../isa/index.js';
import type { KernelFunction } from '../kfunc/call.js';
import { backEdge } from '../rules/back-edge.js';
import { jumpIntoLdImm64 } from '../rules/jump-into-ld-imm64.js';
import { refuse } from '../rules/rule.js';
import { unreachable } from '../rules/unreachable.js';
import { type Shape, subprogramAt } from './shape.js';

const DISCOVERED = 0x10;
const EXPLORED = 0x20;
const FALL_THROUGH = 1;
const BRANCH = 2;

type Walk = Pick<
  Shape,
  | 'insns'
  | 'operations'
  | 'subprograms'
  | 'subprogramOf'
  | 'prunePoint'
  | 'jumpPoint'
  | 'forceCheckpoint'
  | 'callsCallback'
  | 'advancesIterator'
> & {
  readonly state: Uint8Array;
  readonly stack: number[];
  /** Loops are fine: whether they end is found out by exploring them. */
  readonly mayLoop: boolean;
  readonly helper: (id: number) => Helper | undefined;
  readonly kfunc: (id: number) => KernelFunction | undefined;
};

/**
 * Walks the control-flow graph depth first as Linux does, through calls: every instruction must be reachable, no jump
 * may lead into a 64-bit immediate. Marks where states are to be kept and which subprograms invalidate packets.
 */
export function walkGraph(shape: Omit<Walk, 'state' | 'stack'>): void {
  const walk: Walk = { ...shape, state: new Uint8Array(shape.insns.length), stack: [] };
  walkFrom(walk, 0);
  const callback = shape.subprograms.find(({ isExceptionCallback }) => isExceptionCallback);
  if (callback !== undefined && walk.state[callback.start] === 0) walkFrom(walk, callback.start);
  for (let index = 0; index < shape.insns.length; index++) {
    if (walk.state[index] !== EXPLORED) refuse(unreachable, index, { insn: index });
    if (shape.operations[index]?.kind !== 'ld_imm64') continue;
    if (walk.state[index + 1] !== 0) refuse(jumpIntoLdImm64, index, { insn: index });
    index++;
  }
}

function walkFrom(walk: Walk, start: number): void {
  walk.state[start] = DISCOVERED;
  walk.stack.push(start);
  while (walk.stack.length > 0) {
    const at = walk.stack[walk.stack.length - 1] as number;
    if (visit(walk, at)) continue;
    walk.state[at] = EXPLORED;
    walk.stack.pop();
  }
}

/** Goes on to one successor of `at` that is still unknown; false when there is none left. */
function visit(walk: Walk, at: number): boolean {
  const operation = walk.operations[at];
  switch (operation?.kind) {
    case 'exit':
      return false;
    case 'goto':
      return visitGoto(walk, at, operation);
    case 'branch':
    case 'may_goto':
      return visitBranch(walk, at, operation);
    case 'call_local':
      return visitCall(walk, at, 1, at + 1 + operation.offset);
    case 'call_helper':
      noteHelper(walk, at, walk.helper(operation.id));
      return visitCall(walk, at, 1, undefined);
    case 'call_kfunc':
      noteKfunc(walk, at, operation.btfId);
      return visitCall(walk, at, 1, undefined);
    case 'ld_imm64':
      if (operation.pseudo === 'func') return visitCall(walk, at, 2, at + 1 + operation.low);
      return push(walk, at, at + 2, FALL_THROUGH);
    default:
      return push(walk, at, at + 1, FALL_THROUGH);
  }
}

function visitGoto(walk: Walk, at: number, operation: Operation & { kind: 'goto' }): boolean {
  const target = at + 1 + operation.offset;
  const more = push(walk, at, target, FALL_THROUGH);
  walk.prunePoint[target] = 1;
  walk.jumpPoint[target] = 1;
  return more;
}

function visitBranch(
  walk: Walk,
  at: number,
  operation: Operation & { kind: 'branch' | 'may_goto' },
): boolean {
  walk.prunePoint[at] = 1;
  if (operation.kind === 'may_goto') walk.forceCheckpoint[at] = 1;
  return push(walk, at, at + 1, FALL_THROUGH) || push(walk, at, at + 1 + operation.offset, BRANCH);
}

function visitCall(walk: Walk, at: number, slots: number, callee: number | undefined): boolean {
  if (push(walk, at, at + slots, FALL_THROUGH)) return true;
  walk.prunePoint[at + slots] = 1;
  walk.jumpPoint[at + slots] = 1;
  if (callee === undefined) return false;
  walk.prunePoint[at] = 1;
  const called = subprogramAt(walk, callee);
  if (called?.changesPacket) markChangesPacket(walk, at);
  if (called?.maySleep) markMaySleep(walk, at);
  return push(walk, at, callee, BRANCH);
}

/** States are compared where a helper calls back: that is how repeated calls are seen to change nothing more. */
function noteHelper(walk: Walk, at: number, helper: Helper | undefined): void {
  if (helper?.changesPacket === true) markChangesPacket(walk, at);
  if (helper?.mightSleep === true) markMaySleep(walk, at);
  if (helper?.callback === undefined) return;
  walk.prunePoint[at] = 1;
  if (helper.callback === 'timer') return;
  walk.callsCallback[at] = 1;
  walk.forceCheckpoint[at] = 1;
  walk.jumpPoint[at] = 1;
}

/** States are compared where an iterator is asked for the next element: that is how its turns are seen to repeat. */
/** Kernel functions that call a function of the program: while they run, or later. */
const CALLS_BACK = 'bpf_rbtree_add_impl';
const RUNS_LATER: ReadonlySet<string> = new Set([
  'bpf_wq_set_callback_impl',
  'bpf_task_work_schedule_signal_impl',
  'bpf_task_work_schedule_resume_impl',
]);

function noteKfunc(walk: Walk, at: number, id: number): void {
  const kfunc = walk.kfunc(id);
  if (kfunc?.flags.has('sleepable') === true) markMaySleep(walk, at);
  if (kfunc?.name === 'bpf_xdp_pull_data') markChangesPacket(walk, at);
  if (kfunc === undefined) return;
  if (RUNS_LATER.has(kfunc.name)) walk.prunePoint[at] = 1;
  if (kfunc.name === CALLS_BACK) markCallsCallback(walk, at);
  if (!kfunc.flags.has('iter_next')) return;
  walk.prunePoint[at] = 1;
  walk.forceCheckpoint[at] = 1;
  walk.jumpPoint[at] = 1;
  walk.advancesIterator[at] = 1;
}

function markCallsCallback(walk: Walk, at: number): void {
  walk.prunePoint[at] = 1;
  walk.callsCallback[at] = 1;
  walk.forceCheckpoint[at] = 1;
  walk.jumpPoint[at] = 1;
}

function markMaySleep(walk: Walk, at: number): void {
  const subprogram = walk.subprograms[walk.subprogramOf[at] as number];
  if (subprogram !== undefined) subprogram.maySleep = true;
}

function markChangesPacket(walk: Walk, at: number): void {
  const subprogram = walk.subprograms[walk.subprogramOf[at] as number];
  if (subprogram !== undefined) subprogram.changesPacket = true;
}

function push(walk: Walk, from: number, to: number, edge: number): boolean {
  const { state } = walk;
  if ((state[from] as number) >= (DISCOVERED | edge)) return false;
  if (to >= walk.insns.length) refuse(unreachable, from, { insn: to });
  if (edge === BRANCH) {
    walk.prunePoint[to] = 1;
    walk.jumpPoint[to] = 1;
  }
  const seen = state[to] as number;
  if (seen === 0) {
    state[from] = DISCOVERED | edge;
    state[to] = DISCOVERED;
    walk.stack.push(to);
    return true;
  }
  if ((seen & 0xf0) !== DISCOVERED) state[from] = DISCOVERED | edge;
  else if (!walk.mayLoop) refuse(backEdge, from, { from, to });
  return false;
}
