// Values that are kept in stack slots.
import {
  FRAME_SLOT_TYPES, FRAME_SPILLED, REG_ID, SLOT_BYTES, SLOT_INVALID, SLOT_MISC, SLOT_SPILL, SLOT_STRIDE, SLOT_ZERO,
} from '../layout';
import { linkBeforeCopy } from './alu';
import { copyReg, umax } from './fields';

/** All eight bytes of a slot are a spill. */
const WHOLE_SPILL: u64 = 0x0101010101010101;

// @ts-ignore: decorator
@inline function spilled(frame: usize, slot: i32): usize { return frame + FRAME_SPILLED + slot * SLOT_STRIDE; }

/** The lowest `size` bytes of a slot are a spill; what a shorter one leaves above is no longer part of one. */
export function markSpilled(frame: usize, slot: i32, size: i32): void {
  const types = frame + FRAME_SLOT_TYPES + slot * SLOT_STRIDE;
  if (size == SLOT_BYTES) {
    store<u64>(types, WHOLE_SPILL);
    return;
  }
  for (let byte = SLOT_BYTES - size; byte < SLOT_BYTES; byte++) store<u8>(types + byte, SLOT_SPILL as u8);
  for (let byte = 0; byte < SLOT_BYTES - size; byte++) {
    const type = load<u8>(types + byte);
    if (type != SLOT_ZERO && type != SLOT_INVALID) store<u8>(types + byte, SLOT_MISC as u8);
  }
}

/** A scalar that starts a slot keeps its value there; of fewer than 8 bytes, what they hold of it. */
export function spillScalar(frame: usize, slot: i32, size: i32, value: usize): void {
  const fits = size == SLOT_BYTES || umax(value) < (1 as u64) << ((size * 8) as u64);
  if (fits) linkBeforeCopy(value);
  copyReg(spilled(frame, slot), value);
  if (!fits) store<i32>(spilled(frame, slot), 0, REG_ID);
  markSpilled(frame, slot, size);
}

/** How many of a slot's lowest bytes are a spill. */
export function spillSize(frame: usize, slot: i32): i32 {
  const types = frame + FRAME_SLOT_TYPES + slot * SLOT_STRIDE;
  if (load<u64>(types) == WHOLE_SPILL) return SLOT_BYTES;
  let size = 0;
  while (size < SLOT_BYTES && load<u8>(types + SLOT_BYTES - 1 - size) == SLOT_SPILL) size++;
  return size;
}
