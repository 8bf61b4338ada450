import { OPCODE_LD_IMM64 } from '../../isa/index.js';
import { type Subprogram, subprogramAt } from '../control-flow/shape.js';
import { calleeStart } from '../control-flow/subprograms.js';
import type { Session } from '../explore/session.js';
import { callDepth } from '../rules/call-depth.js';
import { exception } from '../rules/exception.js';
import { refuse } from '../rules/rule.js';
import { stackDepth } from '../rules/stack-depth.js';
import { tailCall } from '../rules/tail-call.js';
import { MAX_FRAMES } from '../state/layout.js';
import { MAX_STACK } from './stack-bounds.js';

/** Programs of these hooks get a stack of their own for subprograms that use much of it, when jitted. */
const PRIVATE_STACK = new Set(['kprobe', 'tracepoint', 'perf_event', 'raw_tracepoint']);
const PRIVATE_FROM = 64;
/** Linux's limit of the frames before one that tail-calls. */
const MAX_BEFORE_TAIL_CALL = 256;

/** All chains of calls fit the stack. */
export function checkStackDepth(s: Session): void {
  const { subprograms } = s.shape;
  const hasTailCall = subprograms.some((subprogram) => subprogram.hasTailCall);
  const isPrivate = PRIVATE_STACK.has(s.program.hook.name) && !hasTailCall;
  for (const subprogram of subprograms)
    if (subprogram.index === 0 || subprogram.calledLater) visit(s, subprogram, 0, 0, isPrivate, false);
}

function visit(
  s: Session,
  subprogram: Subprogram,
  before: number,
  frame: number,
  isPrivate: boolean,
  calledBack: boolean,
): void {
  const inCallback = calledBack || subprogram.isCallback;
  if (subprogram.index > 0 && subprogram.hasTailCall && before >= MAX_BEFORE_TAIL_CALL) {
    const text = `tail_calls are not allowed when call stack of previous frames is ${before} bytes. Too large`;
    refuse(tailCall, s.at, { text }, 'EACCES');
  }
  const own = (Math.max(subprogram.stackDepth, 1) + 15) & ~15;
  let depth = before;
  if (isPrivate && own >= PRIVATE_FROM) {
    if (own > MAX_STACK) refuse(stackDepth, subprogram.start, { frames: frame + 1, depth: own });
  } else depth += own;
  if (depth > MAX_STACK) refuse(stackDepth, subprogram.start, { frames: frame + 1, depth });
  for (let index = subprogram.start; index < subprogram.end; index++) {
    const insn = s.shape.insns[index];
    if (inCallback && isThrow(s, index))
      refuse(exception, s.at, { problem: 'in_callback', insn: index, subprogram: subprogram.index });
    const start = insn === undefined ? undefined : calleeStart(insn, index);
    const callee = start === undefined ? undefined : subprogramAt(s.shape, start);
    if (callee === undefined || (callee.calledLater && insn?.opcode === OPCODE_LD_IMM64)) continue;
    if (callee.isExceptionCallback) refuse(exception, s.at, { problem: 'called', insn: index });
    if (frame + 1 >= MAX_FRAMES) refuse(callDepth, s.at, { frames: frame + 1, onPaper: true });
    visit(s, callee, depth, frame + 1, isPrivate, inCallback);
  }
}

function isThrow(s: Session, index: number): boolean {
  const operation = s.shape.operations[index];
  if (operation?.kind !== 'call_kfunc') return false;
  const func = s.program.kernelBtf?.types.at(operation.btfId);
  return func?.kind === 'func' && func.name === 'bpf_throw';
}
