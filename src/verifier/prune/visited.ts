import type { Path } from '../explore/path.js';
import type { Session } from '../explore/session.js';
import { stateText } from '../explore/show-state.js';
import { iteratorsAdvanced, nextIsActive } from '../kfunc/iterators.js';
import { infiniteLoop } from '../rules/infinite-loop.js';
import { refuse } from '../rules/rule.js';
import {
  ASYNCHRONOUS,
  COMPARE_EXACT,
  COMPARE_NOT_EXACT,
  COMPARE_RANGE_WITHIN,
  FRAME_ASYNC_ENTRIES,
  FRAME_CALLBACK,
  STATE_FIRST_INSN,
  STATE_HISTORY_COUNT,
  STATE_LAST_INSN,
  STATE_PARENT,
} from '../state/layout.js';
import { cleanState, setLiveRegisters } from './clean.js';
import { notePeak } from './loop-visits.js';
import { propagatePrecision } from './precision.js';

/** A path without a save for so many history entries gets one. */
const MAX_HISTORY = 40;
/** States compared at an instruction after which no more are kept for who lacks CAP_BPF. */
const MAX_UNPRIVILEGED_STATES = 64;

/**
 * At a prune point: whether an old state, found safe, covers this one. If none does, the state may be saved, for later
 * ones to be compared with.
 *
 * @throws {Refusal} when the loop came back to where it was with nothing changed.
 */
export function isVisited(s: Session): boolean {
  const { path } = s;
  path.insn = s.at;
  const bucket = bucketOf(s);
  const forced =
    s.shape.forceCheckpoint[s.at] === 1 || s.memory.word(path.state + STATE_HISTORY_COUNT) > MAX_HISTORY;
  let save = forced || (s.jumps - s.jumpsAtSave >= 2 && s.processed - s.processedAtSave >= 8);
  cleanStates(s, bucket);
  const isCounted = s.operation()?.kind === 'may_goto';
  const callsBack = s.shape.callsCallback[s.at] === 1;
  let count = 0;
  // As in Linux, of the last state looked at whose ways are all explored.
  let incomplete = false;
  for (let index = 0; index < bucket.length; index++) {
    count++;
    const old = bucket[index] as Path;
    if (old.insn !== s.at) continue;
    if (old.branches > 0) {
      if (s.shape.advancesIterator[s.at] === 1) {
        if (covers(s, old, COMPARE_RANGE_WITHIN) && nextIsActive(s)) return hit(s, old, true);
      }
      if (isCounted && old.mayGotoDepth !== path.mayGotoDepth && covers(s, old, COMPARE_RANGE_WITHIN))
        return hit(s, old, true);
      if (callsBack && covers(s, old, COMPARE_RANGE_WITHIN)) return hit(s, old, incomplete);
      if (!callsBack && !isOtherEntry(s, old)) checkInfiniteLoop(s, old);
      if (!forced && s.jumps - s.jumpsAtSave < 20 && s.processed - s.processedAtSave < 100) save = false;
    } else {
      incomplete = s.loops.isIncomplete(s, old);
      const inRanges = incomplete || s.observer?.rangesDecide === true;
      if (covers(s, old, inRanges ? COMPARE_RANGE_WITHIN : COMPARE_NOT_EXACT)) return hit(s, old, incomplete);
    }
    if (save) old.misses++;
    const patience = s.shape.forceCheckpoint[s.at] === 1 && old.branches > 0 ? 64 : 3;
    if (old.misses > old.hits * patience + patience) {
      bucket.splice(index--, 1);
      old.dropped = true;
      freeIfUnused(s, old);
    }
  }
  s.maxStatesPerInsn = Math.max(s.maxStatesPerInsn, count);
  const isFull = !s.rights.bpf && count > MAX_UNPRIVILEGED_STATES;
  if (save && !isFull) saveHere(s, bucket);
  return false;
}

function bucketOf(s: Session): Path[] {
  const callsite = s.memory.callsite(s.frame);
  const { explored } = s;
  return explored[((s.at ^ callsite) >>> 0) % explored.length] as Path[];
}

function cleanStates(s: Session, bucket: readonly Path[]): void {
  for (const old of bucket) {
    if (old.branches > 0 || old.insn !== s.at || old.cleaned || !sameCallsites(s, old)) continue;
    if (!s.loops.isIncomplete(s, old)) cleanState(s, old);
  }
}

function sameCallsites(s: Session, old: Path): boolean {
  const { memory } = s;
  const last = memory.currentFrameIndex(old.state);
  if (last !== s.depth()) return false;
  for (let frame = 0; frame <= last; frame++) {
    if (
      memory.callsite(memory.frame(old.state, frame)) !== memory.callsite(memory.frame(s.path.state, frame))
    )
      return false;
  }
  return true;
}

function covers(s: Session, old: Path, exact: number): boolean {
  if (s.memory.currentFrameIndex(old.state) !== s.depth()) return false;
  setLiveRegisters(s, old);
  return s.ops.statesEqual(old.state, s.path.state, exact) !== 0;
}

/** A callback that was asked for twice: its second run is no round of a loop. */
function isOtherEntry(s: Session, old: Path): boolean {
  const { memory } = s;
  const frame = memory.currentFrame(old.state);
  return (
    memory.word(frame + FRAME_CALLBACK) === ASYNCHRONOUS &&
    memory.word(frame + FRAME_ASYNC_ENTRIES) !== memory.word(s.frame + FRAME_ASYNC_ENTRIES)
  );
}

function checkInfiniteLoop(s: Session, old: Path): void {
  if (s.shape.advancesIterator[s.at] === 1) return;
  const sameDepth = old.mayGotoDepth === s.path.mayGotoDepth && old.callbackDepth === s.path.callbackDepth;
  if (!sameDepth || s.ops.maybeLooping(old.state, s.path.state) === 0) return;
  if (!covers(s, old, COMPARE_EXACT) || iteratorsAdvanced(s, old.state, s.path.state)) return;
  s.log.source(s.at);
  const cur = stateText(s);
  const before = stateText(s, s.memory.currentFrame(old.state), old.state);
  refuse(infiniteLoop, s.at, { insn: s.at, cur, old: before });
}

function hit(s: Session, old: Path, incomplete: boolean): boolean {
  old.hits++;
  s.observer?.pruned?.(s);
  if (s.shape.jumpPoint[s.at] === 1) s.historyEntry();
  propagatePrecision(s, old, s.path);
  if (incomplete) s.loops.addBackEdge(s, old, s.path);
  return true;
}

function saveHere(s: Session, bucket: Path[]): void {
  const { path } = s;
  s.totalStates++;
  s.observer?.saved?.(s);
  s.savedStates++;
  notePeak(s);
  s.jumpsAtSave = s.jumps;
  s.processedAtSave = s.processed;
  s.ops.forgetPrecision(path.state);
  const saved: Path = {
    ...path,
    state: s.ops.keepState(path.state),
    insn: s.at,
    saved: true,
    hits: 0,
    misses: 0,
    cleaned: false,
    dropped: false,
  };
  s.loops.enter(s, saved);
  s.memory.setWord(saved.state + STATE_LAST_INSN, s.previous);
  s.memory.setWord(path.state + STATE_PARENT, saved.state);
  s.memory.setWord(path.state + STATE_FIRST_INSN, s.at);
  path.parent = saved;
  path.branches = 1;
  saved.branches = 1;
  bucket.unshift(saved);
}

/** The path has ended: states all of whose ways are explored may prune from now on. */
export function endPath(s: Session): void {
  let path: Path | undefined = s.path;
  while (path !== undefined) {
    path.branches--;
    if (path.branches > 0) return;
    if (path.saved) s.loops.leave(s, path);
    const { parent }: Path = path;
    if (path.saved) freeIfUnused(s, path);
    path = parent;
  }
}

/** A state that is in no list and on no path is freed. */
function freeIfUnused(s: Session, path: Path): void {
  if (!path.dropped || path.branches > 0 || path.state === 0) return;
  // Back edges of an unfinished loop may still lead through it.
  if (s.loops.isIncomplete(s, path)) return;
  s.ops.freeState(path.state);
  path.state = 0;
  s.savedStates--;
}
