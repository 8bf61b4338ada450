// The steps that led to a state from its parent, as far as backtracking cannot guess them.
import {
  HISTORY_FLAGS, HISTORY_FRAME, HISTORY_INSN, HISTORY_LINKED, HISTORY_LINKED_COUNT, HISTORY_PREVIOUS, HISTORY_SIZE, HISTORY_SLOT,
  STATE_HISTORY, STATE_HISTORY_CAPACITY, STATE_HISTORY_COUNT,
} from '../layout';
import { linkedPlace } from './link';
import { allocate, release } from './records';

/** Most ways are short; those that are not are saved when they have 41 steps. */
const FIRST_CAPACITY = 10;
const SECOND_CAPACITY = 42;

// @ts-ignore: decorator
@inline export function historyCount(state: usize): i32 { return load<i32>(state, STATE_HISTORY_COUNT); }
// @ts-ignore: decorator
@inline export function historyAt(state: usize, index: i32): usize { return (load<u32>(state, STATE_HISTORY) as usize) + index * HISTORY_SIZE; }

export function releaseHistory(state: usize): void {
  const capacity = load<i32>(state, STATE_HISTORY_CAPACITY);
  if (capacity != 0) release(load<u32>(state, STATE_HISTORY), capacity * HISTORY_SIZE);
  store<i32>(state, 0, STATE_HISTORY_CAPACITY);
}

/** Gives `dst`, whose header is a copy, its own history. */
export function copyHistory(dst: usize, src: usize): void {
  const count = historyCount(src);
  store<i32>(dst, count, STATE_HISTORY_CAPACITY);
  if (count == 0) return;
  const at = allocate(count * HISTORY_SIZE);
  memory.copy(at, load<u32>(src, STATE_HISTORY), count * HISTORY_SIZE);
  store<u32>(dst, at as u32, STATE_HISTORY);
}

/** A new step. Answers its record. */
export function addStep(state: usize, insn: i32, previous: i32): usize {
  const count = historyCount(state);
  const capacity = load<i32>(state, STATE_HISTORY_CAPACITY);
  if (count == capacity) {
    const larger = capacity == 0 ? FIRST_CAPACITY : capacity < SECOND_CAPACITY ? SECOND_CAPACITY : capacity * 2;
    const at = allocate(larger * HISTORY_SIZE);
    if (capacity != 0) {
      memory.copy(at, load<u32>(state, STATE_HISTORY), count * HISTORY_SIZE);
      releaseHistory(state);
    }
    store<u32>(state, at as u32, STATE_HISTORY);
    store<i32>(state, larger, STATE_HISTORY_CAPACITY);
  }
  const step = historyAt(state, count);
  store<i32>(step, insn, HISTORY_INSN);
  store<i32>(step, previous, HISTORY_PREVIOUS);
  store<i8>(step, -1, HISTORY_FRAME);
  store<i8>(step, -1, HISTORY_SLOT);
  store<u8>(step, 0, HISTORY_FLAGS);
  store<u8>(step, 0, HISTORY_LINKED_COUNT);
  store<i32>(state, count + 1, STATE_HISTORY_COUNT);
  return step;
}

/** The scalars that `collectLinked` has found learn together in this step. */
export function noteLinked(step: usize, count: i32): void {
  store<u8>(step, count as u8, HISTORY_LINKED_COUNT);
  for (let i = 0; i < count; i++) store<u16>(step + (i << 1), linkedPlace(i) as u16, HISTORY_LINKED);
}
