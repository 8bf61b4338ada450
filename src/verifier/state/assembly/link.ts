// What is learnt of one register holds for all that share its id.
import {
  FLAG_MAYBE_NULL, FRAME_REG_COUNT, FRAME_REGS, FRAME_SLOT_TYPES, FRAME_SPILLED, ID_ADD_CONST, REG_ID, REG_OFF, REG_RANGE, REG_SIZE,
  REG_SUBREG_DEF, SLOT_BYTES, SLOT_SPILL, STATE_CURFRAME, TYPE_BASE_MASK, TYPE_PACKET, TYPE_PACKET_META, TYPE_SCALAR, REG_TYPE,
} from '../layout';
import { bits, copyReg, idOf, mask, markKnown, setTnum, typeOf } from './fields';
import { frameAt, slotsOf } from './records';
import { addRanges, addRanges32 } from './ranges';
import { syncBounds } from './bounds';
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
      if (load<u8>(frame + FRAME_SLOT_TYPES + slot * SLOT_BYTES + SLOT_BYTES - 1) == SLOT_SPILL) return frame + FRAME_SPILLED + slot * REG_SIZE;
    }
    walkFrame++;
    walkAt = 0;
  }
  return 0;
}

/** Gives every scalar linked to `source` what is known of it, at its constant distance. */
export function syncLinked(state: usize, source: usize): void {
  const id = idOf(source) & ~ID_ADD_CONST;
  if (id == 0 || typeOf(source) != TYPE_SCALAR) return;
  copyReg(known, source);
  walkStart(state);
  for (let r = walkNext(); r != 0; r = walkNext()) {
    if (r == source || typeOf(r) != TYPE_SCALAR || (idOf(r) & ~ID_ADD_CONST) != id) continue;
    const subregDef = load<i32>(r, REG_SUBREG_DEF);
    const off = load<i32>(r, REG_OFF);
    const ownId = idOf(r);
    const unmoved = ((ownId | idOf(known)) & ID_ADD_CONST) == 0;
    const distance = (off as i64) - (load<i32>(known, REG_OFF) as i64);
    copyReg(r, known);
    store<i32>(r, subregDef, REG_SUBREG_DEF);
    if (unmoved || distance == 0) continue;
    store<i32>(r, off, REG_OFF);
    store<i32>(r, ownId, REG_ID);
    markKnown(delta, distance as u64);
    addRanges32(r, delta);
    addRanges(r, delta);
    tnumAdd(bits(r), mask(r), bits(delta), mask(delta));
    setTnum(r, tv, tm);
    syncBounds(r);
  }
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
