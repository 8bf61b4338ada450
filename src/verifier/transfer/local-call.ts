import { type Subprogram, subprogramAt } from '../control-flow/shape.js';
import { fork } from '../explore/pending.js';
import type { Session } from '../explore/session.js';
import { stateText } from '../explore/show-state.js';
import { mayBeAsleep } from '../kernel-types/trust.js';
import { openRegion } from '../kfunc/sections.js';
import { checkGlobalArguments } from '../obligations/global-function.js';
import { noteStaticArguments } from '../obligations/static-function.js';
import { callDepth } from '../rules/call-depth.js';
import { lockHeld } from '../rules/lock-held.js';
import { refuse } from '../rules/rule.js';
import { sleepable } from '../rules/sleepable.js';
import { stackPointerReturned } from '../rules/stack-pointer-returned.js';
import { FRAME_CALLBACK, MAX_FRAMES, TYPE_STACK } from '../state/layout.js';
import { checkCallbackResult, widenAfterCallback } from './callback.js';
import { forgetPacket } from './packet-comparison.js';
import { holdsLock } from './references.js';

/** A call of a subprogram. A static one is entered; a global one is verified on its own. Answers the next instruction. */
export function transferLocalCall(s: Session, offset: number): number {
  const callee = subprogramAt(s.shape, s.at + 1 + offset) as Subprogram;
  if (callee.global) return callGlobal(s, callee);
  noteStaticArguments(s, callee);
  const depth = s.depth();
  if (depth + 1 >= MAX_FRAMES) refuse(callDepth, s.at, { frames: depth + 2 });
  const caller = s.frame;
  const { memory, ops } = s;
  const frame = ops.pushFrame(s.path.state, s.at, callee.index);
  for (let index = 1; index <= 5; index++) ops.copyReg(memory.reg(frame, index), memory.reg(caller, index));
  s.refreshFrame();
  for (let index = 0; index <= 5; index++) ops.markNotInit(memory.reg(caller, index));
  if (s.log.level > 0) {
    s.log.line('caller:');
    s.log.line(stateText(s, caller));
    s.log.line('callee:');
    s.log.line(stateText(s, frame));
    s.touchedAll = true;
  }
  return callee.start;
}

function callGlobal(s: Session, callee: Subprogram): number {
  if (holdsLock(s)) refuse(lockHeld, s.at, { call: 'global' });
  checkGlobalArguments(s, callee);
  if (callee.maySleep && (!mayBeAsleep(s) || openRegion(s) !== undefined))
    refuse(sleepable, s.at, { problem: 'global' }, 'EINVAL');
  s.log.line(`Func#${callee.index} ('${callee.name}') is global and assumed valid.`);
  if (callee.changesPacket) forgetPacket(s);
  s.calledGlobals.add(callee.index);
  forgetCallerSaved(s);
  s.ops.markUnknown(s.reg(0));
  return s.at + 1;
}

/** r0 to r5 hold nothing after a call. */
export function forgetCallerSaved(s: Session): void {
  for (let index = 0; index <= 5; index++) s.ops.markNotInit(s.reg(index));
  s.touchedRegs |= 0b111111;
}

/** Returns from a static subprogram: the instruction after the call. From a callback: the call, which may call again. */
export function transferReturn(s: Session): number {
  const { memory, ops } = s;
  s.liveStack.update();
  const callee = s.frame;
  const result = s.reg(0);
  const isCallback = memory.word(callee + FRAME_CALLBACK) !== 0;
  if (memory.type(result) === TYPE_STACK) refuse(stackPointerReturned, s.at, {});
  const caller = memory.frame(s.path.state, s.depth() - 1);
  const next = memory.callsite(callee) + (isCallback ? 0 : 1);
  if (isCallback) checkCallbackResult(s);
  else ops.copyReg(memory.reg(caller, 0), result);
  if (s.log.level > 0) {
    s.log.line('returning from callee:');
    s.log.line(stateText(s, callee));
    s.log.line(`to caller at ${next}:`);
    s.log.line(stateText(s, caller));
  }
  s.arrives = true;
  ops.popFrame(s.path.state);
  s.refreshFrame();
  if (isCallback) widenAfterCallback(s, next);
  return next;
}

/**
 * An instruction that may end its subprogram: the walk goes on behind it later, and now in the caller.
 *
 * @param ended makes the state what the caller finds.
 */
export function returnEarly(s: Session, ended: () => void): number {
  fork(s, s.at + 1, s.at);
  ended();
  const next = transferReturn(s);
  s.arrives = false;
  return next;
}
