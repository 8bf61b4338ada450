import type { Subprogram } from '../control-flow/shape.js';
import type { Path } from '../explore/path.js';
import { fork } from '../explore/pending.js';
import type { Session } from '../explore/session.js';
import type { CallFacts } from '../obligations/helper-arguments.js';
import { frameInsns } from '../prune/clean.js';
import { markPrecise } from '../prune/precision.js';
import { callDepth } from '../rules/call-depth.js';
import { callback } from '../rules/callback.js';
import { returnValue } from '../rules/return-value.js';
import { refuse } from '../rules/rule.js';
import type { FrameAddr, RegAddr } from '../state/domain.js';
import {
  FRAME_CALLBACK,
  FRAME_CALLBACK_DEPTH,
  FRAME_RETURN_MAX,
  FRAME_RETURN_MIN,
  MAX_FRAMES,
  TYPE_MAP_KEY,
  TYPE_MAP_VALUE,
} from '../state/layout.js';
import { scalarFacts } from './exit.js';

/**
 * A helper that calls a function back: its body is walked later, from the state here, and leads back to this call;
 * here the walk goes on as if it were called no more.
 */
export function callBack(s: Session, { helper, map, subprogram }: CallFacts): void {
  if (helper.callback === undefined || helper.callback === 'timer') return;
  if (map !== undefined && !map.type.helpers.includes(helper.name))
    refuse(callback, s.at, { problem: 'map' }, 'ENOTSUPP');
  const { memory } = s;
  if (helper.callback === 'loop') {
    markPrecise(s, 1);
    if (memory.word(s.frame + FRAME_CALLBACK_DEPTH) >= memory.umaxNumber(s.reg(1))) {
      memory.setWord(s.frame + FRAME_CALLBACK_DEPTH, 0);
      s.log.detail(`frame${s.depth()} bpf_loop iteration limit reached`);
      return;
    }
  }
  const { start } = s.shape.subprograms[subprogram] as Subprogram;
  const copy = fork(s, start, s.at);
  const depth = s.depth();
  if (depth + 1 >= MAX_FRAMES) refuse(callDepth, s.at, { frames: depth + 2 });
  const caller = memory.frame(copy.state, depth);
  const frame = s.ops.pushFrame(copy.state, s.at, subprogram);
  enterCallback(s, helper.callback, caller, frame);
  copy.callbackDepth++;
  memory.setWord(caller + FRAME_CALLBACK_DEPTH, memory.word(caller + FRAME_CALLBACK_DEPTH) + 1);
  memory.setWord(s.frame + FRAME_CALLBACK_DEPTH, 0);
}

function enterCallback(s: Session, kind: 'loop' | 'map_elem', caller: FrameAddr, frame: FrameAddr): void {
  const { memory, ops } = s;
  memory.setWord(frame + FRAME_CALLBACK, 1);
  memory.setWord(frame + FRAME_RETURN_MIN, 0);
  memory.setWord(frame + FRAME_RETURN_MAX, 1);
  const argument = (index: number): RegAddr => memory.reg(frame, index);
  const passed = (index: number): RegAddr => memory.reg(caller, index);
  if (kind === 'loop') {
    ops.markUnknown(argument(1));
    ops.copyReg(argument(2), passed(3));
    return;
  }
  ops.copyReg(argument(1), passed(1));
  for (const [index, type] of [
    [2, TYPE_MAP_KEY],
    [3, TYPE_MAP_VALUE],
  ] as const) {
    ops.markPointer(argument(index), type);
    memory.setMap(argument(index), memory.map(passed(1)));
  }
  ops.copyReg(argument(4), passed(3));
}

/** A callback returns a number in its helper's range. */
export function checkCallbackResult(s: Session): void {
  const { memory } = s;
  const result = s.reg(0);
  if (!memory.isScalar(result)) refuse(callback, s.at, { problem: 'result' }, 'EACCES');
  markPrecise(s, 0);
  const min = memory.word(s.frame + FRAME_RETURN_MIN);
  const max = memory.word(s.frame + FRAME_RETURN_MAX);
  if (s.ops.fitsRange(result, min, max) !== 0) return;
  refuse(returnValue, s.at, { exit: 'At callback return', reg: 0, ...scalarFacts(s, result), min, max });
}

/** What changes from call to call and matters to no decision is forgotten, so that the calls converge. */
export function widenAfterCallback(s: Session, callsite: number): void {
  for (let old: Path | undefined = s.path.parent; old !== undefined; old = old.parent) {
    if (old.insn !== callsite || !sameChain(s, old, callsite)) continue;
    s.ops.widenImprecise(old.state, s.path.state);
    return;
  }
}

function sameChain(s: Session, old: Path, callsite: number): boolean {
  if (s.memory.currentFrameIndex(old.state) !== s.depth()) return false;
  const here = frameInsns(s, { ...s.path, insn: callsite });
  return frameInsns(s, old).every((insn, index) => insn === here[index]);
}
