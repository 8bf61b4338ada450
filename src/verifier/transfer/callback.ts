import type { Callback } from '../../helpers/helper.js';
import type { Subprogram } from '../control-flow/shape.js';
import { newPath, type Path } from '../explore/path.js';
import { fork, setAside } from '../explore/pending.js';
import type { Session } from '../explore/session.js';
import { kernelStructId } from '../kernel-types/session-types.js';
import type { CallFacts } from '../obligations/helper-arguments.js';
import { noteStaticArguments } from '../obligations/static-function.js';
import { frameInsns } from '../prune/clean.js';
import { markPrecise } from '../prune/precision.js';
import { callDepth } from '../rules/call-depth.js';
import { callback } from '../rules/callback.js';
import { returnValue } from '../rules/return-value.js';
import { refuse } from '../rules/rule.js';
import type { FrameAddr, RegAddr } from '../state/domain.js';
import {
  ASYNCHRONOUS,
  BTF_KERNEL,
  FRAME_ASYNC_ENTRIES,
  FRAME_CALLBACK,
  FRAME_CALLBACK_DEPTH,
  FRAME_RETURN_MAX,
  FRAME_RETURN_MIN,
  MAX_FRAMES,
  STATE_SLEEPABLE,
  SYNCHRONOUS,
  TYPE_BTF_ID,
  TYPE_CONST_MAP,
  TYPE_MAP_KEY,
  TYPE_MAP_VALUE,
} from '../state/layout.js';
import { markConstDynptr } from './dynptr-slots.js';
import { scalarFacts } from './exit.js';

/**
 * A helper that calls a function back: its body is walked later, from the state here, and leads back to this call;
 * here the walk goes on as if it were called no more.
 */
export function callBack(s: Session, { helper, map, subprogram }: CallFacts): void {
  const { callback: kind } = helper;
  if (kind === undefined) return;
  if (kind === 'timer') {
    const caller = s.frame;
    const frame = startLater(s, subprogram, false);
    passMapElement(s, caller, frame, 1);
    return;
  }
  if (kind === 'map_elem' && map !== undefined && !map.type.helpers.includes(helper.name))
    refuse(callback, s.at, { problem: 'map' }, 'ENOTSUPP');
  const { memory } = s;
  if (kind === 'loop') {
    noteInlined(s, subprogram);
    if (!memory.isScalar(s.reg(1))) refuse(callback, s.at, { problem: 'count' }, 'EFAULT');
    markPrecise(s, 1);
    if (memory.word(s.frame + FRAME_CALLBACK_DEPTH) >= memory.umaxNumber(s.reg(1))) {
      memory.setWord(s.frame + FRAME_CALLBACK_DEPTH, 0);
      s.log.detail(`frame${s.depth()} bpf_loop iteration limit reached`);
      return;
    }
  }
  const { caller, frame } = startNow(s, subprogram);
  passArguments(s, kind, caller, frame);
}

/** Linux writes a bpf_loop out when its flags are 0 and its function is the same on all paths: it looks at the flags. */
function noteInlined(s: Session, subprogram: number): void {
  const before = s.inlinedLoops.get(s.at);
  if (before === NOT_INLINED) return;
  const isZero = s.memory.isScalar(s.reg(4)) && s.memory.isZero(s.reg(4));
  if (isZero) markPrecise(s, 4);
  const fits = isZero && (before === undefined || before === subprogram);
  s.inlinedLoops.set(s.at, fits ? subprogram : NOT_INLINED);
}

const NOT_INLINED = -1;

/** A call back from this instruction, set aside: the frame of the call and that of what it calls. */
export function startNow(
  s: Session,
  subprogram: number,
): { readonly caller: FrameAddr; readonly frame: FrameAddr } {
  const { memory } = s;
  const callee = s.shape.subprograms[subprogram] as Subprogram;
  noteStaticArguments(s, callee);
  callee.isCallback = true;
  const copy = fork(s, callee.start, s.at);
  const depth = s.depth();
  if (depth + 1 >= MAX_FRAMES) refuse(callDepth, s.at, { frames: depth + 2 });
  const caller = memory.frame(copy.state, depth);
  const frame = s.ops.pushFrame(copy.state, s.at, subprogram);
  setCallback(s, frame, SYNCHRONOUS, 1);
  copy.callbackDepth++;
  s.touchedAll = true;
  memory.setWord(caller + FRAME_CALLBACK_DEPTH, memory.word(caller + FRAME_CALLBACK_DEPTH) + 1);
  memory.setWord(s.frame + FRAME_CALLBACK_DEPTH, 0);
  return { caller, frame };
}

/** A function that something calls later, on a stack of its own, holding nothing. Answers its frame. */
export function startLater(s: Session, subprogram: number, sleepable: boolean): FrameAddr {
  const { memory } = s;
  const callee = s.shape.subprograms[subprogram] as Subprogram;
  noteStaticArguments(s, callee);
  callee.calledLater = true;
  callee.isCallback = true;
  // As in Linux, the path counts as one that began with the program.
  const path = newPath(s.ops.newState(subprogram), callee.start);
  const { state } = setAside(s, path, s.at);
  memory.setWord(state + STATE_SLEEPABLE, sleepable ? 1 : 0);
  const frame = memory.frame(state, 0);
  setCallback(s, frame, ASYNCHRONOUS, 0);
  memory.setWord(frame + FRAME_ASYNC_ENTRIES, memory.word(s.frame + FRAME_ASYNC_ENTRIES) + 1);
  return frame;
}

function setCallback(s: Session, frame: FrameAddr, kind: number, max: number): void {
  s.touchedAll = true;
  s.memory.setWord(frame + FRAME_CALLBACK, kind);
  s.memory.setWord(frame + FRAME_RETURN_MIN, 0);
  s.memory.setWord(frame + FRAME_RETURN_MAX, max);
}

/** What the function finds in its registers. */
function passArguments(
  s: Session,
  kind: Exclude<Callback, 'timer'>,
  caller: FrameAddr,
  frame: FrameAddr,
): void {
  const { memory, ops } = s;
  const argument = (index: number): RegAddr => memory.reg(frame, index);
  switch (kind) {
    case 'loop':
      ops.markUnknown(argument(1));
      ops.copyReg(argument(2), memory.reg(caller, 3));
      return;
    case 'map_elem':
      passMapElement(s, caller, frame, 1);
      ops.copyReg(argument(1), memory.reg(caller, 1));
      ops.copyReg(argument(4), memory.reg(caller, 3));
      return;
    case 'user_ringbuf':
      markConstDynptr(s, argument(1), 'local');
      ops.copyReg(argument(2), memory.reg(caller, 3));
      return;
    case 'memory_area':
      ops.copyReg(argument(1), memory.reg(caller, 1));
      ops.markPointer(argument(2), TYPE_BTF_ID);
      memory.setMap(argument(2), -1);
      memory.setAux(argument(2), kernelStructId(s, 'vm_area_struct'));
      memory.setBtf(argument(2), BTF_KERNEL);
      ops.copyReg(argument(3), memory.reg(caller, 4));
      return;
    default:
      kind satisfies never;
  }
}

/** A map, a key and a value of it, in r1 to r3. */
export function passMapElement(s: Session, caller: FrameAddr, frame: FrameAddr, mapReg: number): void {
  const { memory, ops } = s;
  const index = memory.map(memory.reg(caller, mapReg));
  [TYPE_CONST_MAP, TYPE_MAP_KEY, TYPE_MAP_VALUE].forEach((type, position) => {
    const reg = memory.reg(frame, position + 1);
    ops.markPointer(reg, type);
    memory.setMap(reg, index);
  });
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
