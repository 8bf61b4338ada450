import type { Path } from '../explore/path.js';
import type { Session } from '../explore/session.js';

/** A decision depended on the exact range of this register of the running frame: so do all values that it came from. */
export function markPrecise(s: Session, regno: number): void {
  s.ops.markPrecise(s.path.state, s.at, regno);
}

/** As `markPrecise`, for a spilled scalar. */
export function markSlotPrecise(s: Session, frame: number, slot: number): void {
  s.ops.markSlotPrecise(s.path.state, s.at, frame, slot);
}

/**
 * The old state's precise scalars have to be precise in what led to the new one that it covers.
 *
 * @returns whether a mark was new.
 */
export function propagatePrecision(s: Session, old: Path, path: Path): boolean {
  return s.ops.propagatePrecision(old.state, path.state, path.insn) !== 0;
}
