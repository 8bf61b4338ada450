// What is learnt of one register holds for all that share its id.
import {
  FLAG_MAYBE_NULL, FRAME_REG_COUNT, FRAME_REGS, FRAME_SLOT_TYPES, FRAME_SPILLED, ID_ADD_CONST, ID_ADD_CONST32, REG_ID, REG_OFF, REG_RANGE, REG_SIZE,
  REG_SUBREG_DEF, SLOT_BYTES, SLOT_STRIDE, SLOT_SPILL, STATE_CURFRAME, TYPE_BASE_MASK, TYPE_PACKET, TYPE_PACKET_META, TYPE_SCALAR, REG_TYPE,
} from '../layout';
import { bits, copyReg, idOf, mask, markKnown, setTnum, typeOf } from './fields';
import { liveRegsAddress } from './compare';
import { frameAt, slotsOf } from './records';
import { addRanges, addRanges32 } from './ranges';
import { syncBounds } from './bounds';
import { zeroExtend32 } from './extend';
import { tm, tnumAdd, tv } from './tnum';

const known: usize = memory.data(REG_SIZE);
const delta: usize = memory.data(REG_SIZE);

/** Walks all registers and whole spills of a state: `next` answers one after another, then 0. */
let walkState: usize = 0, walkFrame: i32 = 0, walkAt: i32 = 0;
export function walkStart(state: usize): void { walkState = state; walkFrame = 0; walkAt = 0; }
export function walkNext(): usize {
  const last = load<i32>(walkState, STATE_CURFRAME);
  while (walkFrame <= last) {
    const frame = frameAt(walkState, walkFrame);
    const count = FRAME_REG_COUNT + slotsOf(frame);
    while (walkAt < count) {
      const at = walkAt++;
      if (at < FRAME_REG_COUNT) return frame + FRAME_REGS + at * REG_SIZE;
      const slot = at - FRAME_REG_COUNT;
      if (load<u8>(frame + FRAME_SLOT_TYPES + slot * SLOT_STRIDE + SLOT_BYTES - 1) == SLOT_SPILL) return frame + FRAME_SPILLED + slot * SLOT_STRIDE;
    }
    walkFrame++;
    walkAt = 0;
  }
  return 0;
}

/** Linux follows at most this many linked registers; further ones lose their link. */
const MAX_LINKED = 6;
/** Places of linked registers, the same in every copy of a state: (frame << 8) | (stack slot ? 0x80 : 0) | index. */
const linked: usize = memory.data(MAX_LINKED * 4);
let linkedCount: i32 = 0;
export function linkedPlace(index: i32): i32 { return load<i32>(linked + (index << 2)); }

function registerAt(state: usize, place: i32): usize {
  const frame = frameAt(state, place >> 8);
  const index = place & 0x7f;
  return (place & 0x80) != 0 ? frame + FRAME_SPILLED + index * SLOT_STRIDE : frame + FRAME_REGS + index * REG_SIZE;
}

function collect(r: usize, place: i32, id: i32): void {
  if (typeOf(r) != TYPE_SCALAR || (idOf(r) & ~ID_ADD_CONST) != id) return;
  if (linkedCount == MAX_LINKED) {
    store<i32>(r, 0, REG_ID);
    return;
  }
  store<i32>(linked + (linkedCount++ << 2), place);
}

function collectId(state: usize, id: i32): void {
  for (let i = load<i32>(state, STATE_CURFRAME); i >= 0; i--) {
    const frame = frameAt(state, i);
    const live = load<u32>(liveRegsAddress() + (i << 2));
    for (let r = 0; r < FRAME_REG_COUNT - 1; r++) {
      if ((live & (1 << r)) != 0) collect(frame + FRAME_REGS + r * REG_SIZE, (i << 8) | r, id);
    }
    const slots = slotsOf(frame);
    for (let slot = 0; slot < slots; slot++) {
      if (load<u8>(frame + FRAME_SLOT_TYPES + slot * SLOT_STRIDE + SLOT_BYTES - 1) != SLOT_SPILL) continue;
      collect(frame + FRAME_SPILLED + slot * SLOT_STRIDE, (i << 8) | 0x80 | slot, id);
    }
  }
}

/**
 * Finds the registers that a comparison of `a` and `b` (0: an immediate) teaches: the live ones and the spills with their
 * ids. Answers how many.
 */
export function collectLinked(state: usize, a: usize, b: usize): i32 {
  linkedCount = 0;
  const first = b != 0 && typeOf(b) == TYPE_SCALAR ? idOf(b) & ~ID_ADD_CONST : 0;
  const second = typeOf(a) == TYPE_SCALAR ? idOf(a) & ~ID_ADD_CONST : 0;
  if (first != 0) collectId(state, first);
  // Linux collects once more where both are linked to each other: that fills its list, and ends links, sooner.
  if (second != 0) collectId(state, second);
  return linkedCount;
}

/** Gives every collected scalar linked to `source` what is known of it, at its constant distance. */
export function syncCollected(state: usize, source: usize): void {
  if ((idOf(source) & ~ID_ADD_CONST) == 0 || typeOf(source) != TYPE_SCALAR) return;
  copyReg(known, source);
  for (let i = 0; i < linkedCount; i++) {
    const r = registerAt(state, linkedPlace(i));
    const isLinked = typeOf(r) == TYPE_SCALAR && ((idOf(r) ^ idOf(known)) & ~ID_ADD_CONST) == 0;
    if (isLinked && r != source) follow(r);
  }
}

/** `r` becomes the known scalar moved by the distance between the two. */
function follow(r: usize): void {
  const subregDef = load<i32>(r, REG_SUBREG_DEF);
  const off = load<i32>(r, REG_OFF);
  const ownId = idOf(r);
  // A distance in 32 bits and one in 64 bits do not compare.
  if (((ownId ^ idOf(known)) & ID_ADD_CONST) == ID_ADD_CONST) return;
  const unmoved = ((ownId | idOf(known)) & ID_ADD_CONST) == 0;
  const distance = (off as i64) - (load<i32>(known, REG_OFF) as i64);
  copyReg(r, known);
  store<i32>(r, subregDef, REG_SUBREG_DEF);
  if (unmoved || distance == 0) return;
  store<i32>(r, off, REG_OFF);
  store<i32>(r, ownId, REG_ID);
  markKnown(delta, distance as u64);
  addRanges32(r, delta);
  addRanges(r, delta);
  tnumAdd(bits(r), mask(r), bits(delta), mask(delta));
  setTnum(r, tv, tm);
  if (((ownId | idOf(known)) & ID_ADD_CONST32) != 0) zeroExtend32(r);
  syncBounds(r);
}

/** How many registers and spills hold a scalar with this id; a link of one is none. */
export function countLinked(state: usize, id: i32): i32 {
  let count = 0;
  walkStart(state);
  for (let r = walkNext(); r != 0; r = walkNext()) {
    if (typeOf(r) == TYPE_SCALAR && (idOf(r) & ~ID_ADD_CONST) == id) count++;
  }
  return count;
}

/** Every packet pointer with the same base, type and a smaller proved range gets `range`. */
export function setPacketRange(state: usize, type: i32, id: i32, range: i32): void {
  walkStart(state);
  for (let r = walkNext(); r != 0; r = walkNext()) {
    if (typeOf(r) == type && idOf(r) == id && load<i32>(r, REG_RANGE) < range) store<i32>(r, range, REG_RANGE);
  }
}
