import type { Operation } from '../../isa/index.js';
import { judgeInvalid } from '../control-flow/invalid.js';
import { endPath, isVisited } from '../prune/visited.js';
import { Refusal, refuse } from '../rules/rule.js';
import { tooComplex } from '../rules/too-complex.js';
import { unsupported } from '../rules/unsupported.js';
import type { Guards } from '../speculation/guards.js';
import { isSpeculative, stopAtMistake } from '../speculation/paths.js';
import { transferAddressSpaceCast, transferAlu, transferMoveSigned, transferUnary } from '../transfer/alu.js';
import { transferBranch } from '../transfer/branch.js';
import { checkResult } from '../transfer/exit.js';
import { transferHelperCall } from '../transfer/helper-call.js';
import { transferKfuncCall } from '../transfer/kfunc-call.js';
import { transferLdImm64 } from '../transfer/ld-imm64.js';
import { transferLegacyLoad } from '../transfer/legacy-load.js';
import { transferLocalCall, transferReturn } from '../transfer/local-call.js';
import { transferMayGoto } from '../transfer/may-goto.js';
import { transferAtomic, transferLoad, transferStore } from '../transfer/memory.js';
import { checkNothingHeld } from '../transfer/references.js';
import { resume } from './pending.js';
import type { Session } from './session.js';
import { showState, stateText } from './show-state.js';

/** No next instruction: the path ends here. */
const END = -1;

/**
 * Walks every path from the current state on, depth first, the fall-through before the jump.
 *
 * @throws {Refusal} at the first instruction that does not hold what it must.
 */
export function explore(s: Session): void {
  for (;;) {
    walk(s);
    if (!resume(s)) return;
    s.touchedAll = true;
    s.arrives = true;
  }
}

/** Follows one path until it ends or an old state covers it. */
function walk(s: Session): void {
  const { shape, log } = s;
  for (;;) {
    s.entry = 0;
    s.processed++;
    if (s.processed > s.budget) refuse(tooComplex, s.at, { processed: s.processed });
    s.path.insn = s.at;
    if (shape.prunePoint[s.at] === 1 && isVisited(s)) {
      log.line(s.arrives ? `\nfrom ${s.previous} to ${s.at}${guessText(s)}: safe` : `${s.at}: safe`);
      break;
    }
    if (shape.jumpPoint[s.at] === 1) s.historyEntry();
    s.observer?.step?.(s);
    if (s.arrives && log.level >= 2)
      log.line(`\nfrom ${s.previous} to ${s.at}${guessText(s)}:${stateText(s)}`);
    s.arrives = false;
    showState(s);
    log.insn(s.at);
    const at = s.at;
    const depth = s.depth();
    const next = s.guards === undefined ? perform(s) : performGuarded(s, s.guards);
    s.liveStack.commit(at);
    if (next === END) break;
    if (s.depth() !== depth) s.enterLiveStack();
    s.previous = at;
    s.at = next;
  }
  s.liveStack.update();
  endPath(s);
}

/** Checks and performs the current instruction. Answers the next one, or -1. */
function perform(s: Session): number {
  s.facts.reached(s.at);
  const operation = s.shape.operations[s.at];
  return operation === undefined ? judgeInvalid(s) : step(s, operation);
}

/** As `perform`, with barriers: on the way of a wrong guess they stand before mistakes, and behind some stores. */
function performGuarded(s: Session, guards: Guards): number {
  if (!isSpeculative(s)) return perform(s);
  if (guards.barrierBefore[s.at] === 1) return END;
  const operation = s.shape.operations[s.at];
  let next: number;
  try {
    next = operation === undefined ? judgeInvalid(s) : step(s, operation);
  } catch (error) {
    if (error instanceof Refusal && stopAtMistake(s, guards, error)) return END;
    throw error;
  }
  return guards.barrierAfter[s.at] === 1 ? END : next;
}

/** How the log calls a way that only a wrong guess takes. */
function guessText(s: Session): string {
  return isSpeculative(s) ? ' (speculative execution)' : '';
}

/** Performs what is an instruction. */
function step(s: Session, operation: Operation): number {
  const next = s.at + 1;
  switch (operation.kind) {
    case 'alu':
      transferAlu(s, operation);
      return next;
    case 'movsx':
      transferMoveSigned(s, operation);
      return next;
    case 'neg':
    case 'end':
      transferUnary(s, operation);
      return next;
    case 'addr_space_cast':
      transferAddressSpaceCast(s, operation);
      return next;
    case 'load':
      transferLoad(s, operation);
      return next;
    case 'store':
      transferStore(s, operation);
      return next;
    case 'atomic':
      transferAtomic(s, operation);
      return next;
    case 'ld_imm64':
      transferLdImm64(s, operation);
      return next + 1;
    case 'ld_abs':
    case 'ld_ind':
      return transferLegacyLoad(s, operation);
    default:
      s.jumps++;
      return stepJump(s, operation);
  }
}

type Jump = Extract<
  Operation,
  {
    kind:
      | 'goto'
      | 'may_goto'
      | 'branch'
      | 'exit'
      | 'call_helper'
      | 'call_local'
      | 'call_kfunc'
      | 'call_register';
  }
>;

function stepJump(s: Session, operation: Jump): number {
  switch (operation.kind) {
    case 'goto':
      return s.at + 1 + operation.offset;
    case 'branch':
      return transferBranch(s, operation);
    case 'may_goto':
      return transferMayGoto(s, operation.offset);
    case 'call_helper':
      return transferHelperCall(s, operation.id);
    case 'call_local':
      return transferLocalCall(s, operation.offset);
    case 'exit':
      checkNothingHeldAtExit(s);
      if (s.depth() > 0) return transferReturn(s);
      checkResult(s);
      return END;
    case 'call_kfunc':
      return transferKfuncCall(s, operation.btfId) ? s.at + 1 : END;
    case 'call_register':
      return refuse(unsupported, s.at, { what: 'calls through a register' });
  }
}

/** Locks may be held when a subprogram returns, references too: the caller has them then. */
function checkNothingHeldAtExit(s: Session): void {
  if (s.depth() === 0) checkNothingHeld(s, 'BPF_EXIT instruction in main prog');
}
