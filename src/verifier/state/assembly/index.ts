// The verifier's abstract domain: what TypeScript may call.
export {
  aluImm, aluScalar, assumeMask, signMaskWidth, swapBytes, getLastId, linkBeforeCopy, move, moveImm, moveSigned, moveWord, negate, newId, setLastId,
} from './alu';
export { getWantedFrame, getWantedRegs, getWantedSlots, newTable } from './backtrack';
export { isContradictory, syncBounds } from './bounds';
export { branchTaken, branchTakenImm, immediate, refine, refineImm } from './branch';
export { isSubset, liveRegsAddress, maybeLooping, rangeWithin, regCovers, setScalarsExact, setUninitAllowed, statesEqual, widenImprecise } from './compare';
export { signExtend32, signExtend64, truncateTo, zeroExtend32 } from './extend';
export { clearLink, copyReg, markKnown, markNotInit, markPointer, markUnknown, setCapable, setKnown } from './fields';
export { addStep, noteLinked } from './history';
export { collectLinked, countLinked, linkedPlace, setPacketRange, syncCollected, walkNext, walkStart } from './link';
export { pointerAdd, pointerAddImm, pointerSub, pointerSubImm } from './pointer';
export { forgetPrecision, markPrecise, markSlotPrecise, propagatePrecision, setTells } from './precision';
export { markSpilled, spillScalar, spillSize } from './stack';
export {
  cloneState, copyState, freeReg, freeState, keepState, memoryInUse, newReg, newState, popFrame, pushFrame, refAt, resetRecords, saveState,
} from './records';

/** The scalar's signed 64-bit range lies within [low, high]. */
import { bits, isConst64, smax, smin } from './fields';
export function fitsRange(r: usize, low: i32, high: i32): bool { return smin(r) >= (low as i64) && smax(r) <= (high as i64); }
/** The scalar is a constant that fits 32 bits, signed. */
export function isConstInt(r: usize): bool { return isConst64(r) && (bits(r) as i64) == (((bits(r) as i32)) as i64); }
