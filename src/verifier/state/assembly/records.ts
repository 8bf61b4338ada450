// Allocation and copying of state and frame records. A working state's frames have room for the whole stack; a saved
// one's only for the slots in use.
import {
  BLOCK_REFS, BLOCK_SIZE, BLOCK_START, FRAME_CALLSITE, FRAME_CAPACITY, FRAME_NUMBER, FRAME_REG_COUNT, FRAME_REGS, FRAME_SLOT_TYPES, FRAME_SPILLED, FRAME_STACK, FRAME_SUBPROG, MAX_FRAMES,
  OWN_REFS, REF_SIZE, REG_FRAMENO, REG_SIZE, SLOT_BYTES, SLOT_STRIDE, STACK_SLOTS, STATE_ALL_PRECISE, STATE_CURFRAME, STATE_FRAMES, STATE_HISTORY,
  STATE_HISTORY_CAPACITY, STATE_HISTORY_COUNT, STATE_MORE_REFS, STATE_REF_COUNT, STATE_REFS, STATE_SIZE, TYPE_STACK,
} from '../layout';
import { markNotInit, markPointer } from './fields';
import { copyHistory, releaseHistory } from './history';

const GRAIN_BITS = 7;
/** Up to here there is a free list for each size, in grains; above, one for each power of two. */
const EXACT = 128;
const LISTS = EXACT + 32;
/** Heads of the free lists. */
const free: usize = memory.data(LISTS * 4);
let top: usize = 0;

// @ts-ignore: decorator
@inline function grainsFor(size: i32): i32 {
  const grains = (size + ((1 << GRAIN_BITS) - 1)) >> GRAIN_BITS;
  return grains < EXACT ? grains : 1 << (32 - clz<i32>(grains - 1));
}
// @ts-ignore: decorator
@inline function listFor(grains: i32): usize { return free + ((grains < EXACT ? grains : EXACT + ctz<i32>(grains)) << 2); }

/** A block whose content is not defined. */
export function allocate(size: i32): usize {
  const grains = grainsFor(size);
  const list = listFor(grains);
  const head = load<u32>(list) as usize;
  if (head != 0) {
    store<u32>(list, load<u32>(head));
    return head;
  }
  if (top == 0) top = (__heap_base + 15) & ~15;
  const at = top;
  top += grains << GRAIN_BITS;
  const missing = ((top + 0xffff) >> 16) as i32 - memory.size();
  // Growing by half keeps the number of growths, and so of stale views in JavaScript, small.
  if (missing > 0) {
    const half = memory.size() >> 1;
    if (memory.grow(missing > half ? missing : half) < 0 && memory.grow(missing) < 0) unreachable();
  }
  return at;
}

/** A block of zeros. */
export function allocateZeroed(size: i32): usize {
  const at = allocate(size);
  memory.fill(at, 0, size);
  return at;
}

/** `size` puts the block into the list of its size: it may be less than what it was allocated with. */
export function release(at: usize, size: i32): void {
  const list = listFor(grainsFor(size));
  store<u32>(at, load<u32>(list));
  store<u32>(list, at as u32);
}

// @ts-ignore: decorator
@inline function frameSize(capacity: i32): i32 { return FRAME_SPILLED + capacity * SLOT_STRIDE; }
// @ts-ignore: decorator
@inline export function frameAt(state: usize, index: i32): usize { return load<u32>(state + (index << 2), STATE_FRAMES) as usize; }
// @ts-ignore: decorator
@inline function setFrame(state: usize, index: i32, frame: usize): void { store<u32>(state + (index << 2), frame as u32, STATE_FRAMES); }
// @ts-ignore: decorator
@inline export function slotsOf(frame: usize): i32 { return load<i32>(frame, FRAME_STACK) / SLOT_BYTES; }

function allocateFrame(capacity: i32): usize {
  const frame = allocate(frameSize(capacity));
  store<i32>(frame, capacity, FRAME_CAPACITY);
  return frame;
}

function releaseFrame(frame: usize): void {
  if (frame != 0) release(frame, frameSize(load<i32>(frame, FRAME_CAPACITY)));
}

function initFrame(frame: usize, number: i32, callsite: i32, subprog: i32): void {
  const capacity = load<i32>(frame, FRAME_CAPACITY);
  memory.fill(frame, 0, frameSize(capacity));
  store<i32>(frame, capacity, FRAME_CAPACITY);
  store<i32>(frame, number, FRAME_NUMBER);
  store<i32>(frame, callsite, FRAME_CALLSITE);
  store<i32>(frame, subprog, FRAME_SUBPROG);
  for (let i = 0; i < FRAME_REG_COUNT; i++) markNotInit(frame + FRAME_REGS + i * REG_SIZE);
  const fp = frame + FRAME_REGS + 10 * REG_SIZE;
  markPointer(fp, TYPE_STACK);
  store<i32>(fp, number, REG_FRAMENO);
}

/** A working state with its first frame: registers unwritten, r10 the frame pointer, stack empty. */
export function newState(subprog: i32): usize {
  const state = allocate(STATE_SIZE);
  memory.fill(state, 0, STATE_SIZE);
  const frame = allocateFrame(STACK_SLOTS);
  initFrame(frame, 0, -1, subprog);
  setFrame(state, 0, frame);
  return state;
}

export function freeState(state: usize): void {
  for (let i = 0; i < MAX_FRAMES; i++) releaseFrame(frameAt(state, i));
  releaseHistory(state);
  releaseBlocks(state);
  release(state, savedSize(state));
}

/** Bytes of a saved state. A working one has room for more: its block is then found too small for another. */
// @ts-ignore: decorator
@inline function savedSize(state: usize): i32 { return STATE_REFS + min(load<i32>(state, STATE_REF_COUNT), OWN_REFS) * REF_SIZE; }

/** Adds a frame for a call and makes it the current one; its address. The caller checks `MAX_FRAMES`. */
export function pushFrame(state: usize, callsite: i32, subprog: i32): usize {
  const number = load<i32>(state, STATE_CURFRAME) + 1;
  const frame = allocateFrame(STACK_SLOTS);
  initFrame(frame, number, callsite, subprog);
  setFrame(state, number, frame);
  store<i32>(state, number, STATE_CURFRAME);
  return frame;
}

export function popFrame(state: usize): void {
  const number = load<i32>(state, STATE_CURFRAME);
  releaseFrame(frameAt(state, number));
  setFrame(state, number, 0);
  store<i32>(state, number - 1, STATE_CURFRAME);
}

/** The block behind a state's own references, or behind another block; made where there is none. */
function nextBlock(link: usize): usize {
  const known = load<u32>(link) as usize;
  if (known != 0) return known;
  const block = allocate(BLOCK_SIZE);
  store<u32>(block, 0);
  store<u32>(link, block as u32);
  return block;
}

/** Where a state keeps its reference of this number, with room for it made. */
export function refAt(state: usize, index: i32): usize {
  if (index < OWN_REFS) return state + STATE_REFS + index * REF_SIZE;
  let rest = index - OWN_REFS;
  let block = nextBlock(state + STATE_MORE_REFS);
  for (; rest >= BLOCK_REFS; rest -= BLOCK_REFS) block = nextBlock(block);
  return block + BLOCK_START + rest * REF_SIZE;
}

function releaseBlocks(state: usize): void {
  let block = load<u32>(state, STATE_MORE_REFS) as usize;
  while (block != 0) {
    const next = load<u32>(block) as usize;
    release(block, BLOCK_SIZE);
    block = next;
  }
}

/** `blocks`: those that `dst` has already. */
function copyHeader(dst: usize, src: usize, blocks: u32): void {
  memory.copy(dst, src, STATE_FRAMES);
  store<u32>(dst, blocks, STATE_MORE_REFS);
  const count = load<i32>(src, STATE_REF_COUNT);
  memory.copy(dst + STATE_REFS, src + STATE_REFS, min(count, OWN_REFS) * REF_SIZE);
  for (let index = OWN_REFS; index < count; index += BLOCK_REFS) {
    memory.copy(refAt(dst, index), refAt(src, index), BLOCK_SIZE - BLOCK_START);
  }
}

/** `dirty`: below this slot the types of `dst`, where `src` has no slots, are not yet those of slots that nothing wrote to. */
function copyFrame(dst: usize, src: usize, dirty: i32): void {
  const capacity = load<i32>(dst, FRAME_CAPACITY);
  const slots = slotsOf(src);
  memory.copy(dst, src, frameSize(slots));
  store<i32>(dst, capacity, FRAME_CAPACITY);
  for (let slot = slots; slot < dirty; slot++) store<u64>(dst + FRAME_SLOT_TYPES + slot * SLOT_STRIDE, 0);
}

function duplicate(src: usize, whole: bool): usize {
  const state = allocate(whole ? STATE_SIZE : savedSize(src));
  copyHeader(state, src, 0);
  store<i32>(state, 0, STATE_ALL_PRECISE);
  const last = load<i32>(src, STATE_CURFRAME);
  for (let i = 0; i <= last; i++) {
    const from = frameAt(src, i);
    const frame = allocateFrame(whole ? STACK_SLOTS : slotsOf(from));
    copyFrame(frame, from, whole ? STACK_SLOTS : 0);
    setFrame(state, i, frame);
  }
  for (let i = last + 1; i < MAX_FRAMES; i++) setFrame(state, i, 0);
  return state;
}

/** As `saveState`; the history goes with the copy: the way goes on from there. */
export function keepState(src: usize): usize {
  const state = duplicate(src, false);
  store<u32>(src, 0, STATE_HISTORY);
  store<i32>(src, 0, STATE_HISTORY_COUNT);
  store<i32>(src, 0, STATE_HISTORY_CAPACITY);
  return state;
}

/** A copy that takes only the room its used stack needs: to be kept and compared with, not to be executed. */
export function saveState(src: usize): usize {
  const state = duplicate(src, false);
  copyHistory(state, src);
  return state;
}

/** A working copy. */
export function cloneState(src: usize): usize {
  const state = duplicate(src, true);
  copyHistory(state, src);
  return state;
}

/** Makes the working state `dst` equal to `src`, which may be a saved one. */
export function copyState(dst: usize, src: usize): void {
  releaseHistory(dst);
  copyHeader(dst, src, load<u32>(dst, STATE_MORE_REFS));
  copyHistory(dst, src);
  store<i32>(dst, 0, STATE_ALL_PRECISE);
  const last = load<i32>(src, STATE_CURFRAME);
  for (let i = 0; i < MAX_FRAMES; i++) {
    let frame = frameAt(dst, i);
    if (i > last) {
      releaseFrame(frame);
      setFrame(dst, i, 0);
      continue;
    }
    const isFresh = frame == 0;
    if (isFresh) {
      frame = allocateFrame(STACK_SLOTS);
      setFrame(dst, i, frame);
    }
    copyFrame(frame, frameAt(src, i), isFresh ? STACK_SLOTS : slotsOf(frame));
  }
}

/** A single register record outside any state. */
export function newReg(): usize {
  const reg = allocate(REG_SIZE);
  markNotInit(reg);
  return reg;
}
export function freeReg(reg: usize): void {
  release(reg, REG_SIZE);
}
export function memoryInUse(): usize { return top; }

/** Forgets all records. The memory stays, and with it what the system had to do to give it. */
export function resetRecords(): void {
  top = 0;
  memory.fill(free, 0, LISTS * 4);
}
