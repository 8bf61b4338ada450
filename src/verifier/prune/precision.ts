import type { HistoryEntry, Path } from '../explore/path.js';
import type { Session } from '../explore/session.js';
import { FRAME_REG_COUNT, SLOT_BYTES, SLOT_SPILL } from '../state/layout.js';
import { backtrack, Wanted } from './backtrack.js';
import {
  tellFallback,
  tellForced,
  tellParent,
  tellPropagated,
  tellStart,
  tellStep,
  tellsPrecision,
} from './precision-log.js';

const wanted = new Wanted();

/** A decision depended on the exact range of this register of the running frame: so do all values that it came from. */
export function markPrecise(s: Session, regno: number): void {
  const path = s.path;
  path.insn = s.at;
  wanted.reset(s.depth());
  wanted.setReg(regno);
  markChain(s, path);
}

/** As `markPrecise`, for a spilled scalar. */
export function markSlotPrecise(s: Session, frame: number, slot: number): void {
  s.path.insn = s.at;
  wanted.reset(s.depth());
  wanted.setSlot(frame, slot);
  markChain(s, s.path);
}

/**
 * The old state's precise scalars have to be precise in what led to the new one that it covers.
 *
 * @returns whether a mark was new.
 */
export function propagatePrecision(s: Session, old: Path, path: Path): boolean {
  const { memory } = s;
  const last = memory.currentFrameIndex(old.state);
  wanted.reset(last);
  for (let frameno = last; frameno >= 0; frameno--) {
    const frame = memory.frame(old.state, frameno);
    for (let index = 0; index < FRAME_REG_COUNT; index++) {
      const reg = memory.reg(frame, index);
      if (memory.isScalar(reg) && memory.isPrecise(reg)) wanted.setReg(index, frameno);
    }
    for (let slot = 0; slot < memory.stackDepth(frame) / SLOT_BYTES; slot++) {
      if (memory.slotType(frame, slot, SLOT_BYTES - 1) !== SLOT_SPILL) continue;
      const spilled = memory.spilled(frame, slot);
      if (memory.isScalar(spilled) && memory.isPrecise(spilled)) wanted.setSlot(frameno, slot);
    }
  }
  if (tellsPrecision(s)) tellPropagated(s, wanted);
  return markChain(s, path);
}

/** Goes back along the path, state by state, until nothing is wanted any more. */
function markChain(s: Session, start: Path): boolean {
  if (wanted.isEmpty()) return false;
  let path: Path | undefined = start;
  let changed = false;
  let later = -1;
  let last = start.insn;
  let skipFirst = true;
  while (path !== undefined) {
    if (last < 0) return markEntry(s, path) || changed;
    if (tellsPrecision(s)) tellStart(s, wanted, path, last, later);
    const end = walkBack(s, path, last, later, skipFirst);
    skipFirst = false;
    if (end === 'unknown') {
      markAllPrecise(s, start);
      return true;
    }
    if (end === 'done') return changed;
    later = path.firstInsn;
    const { parent }: Path = path;
    if (parent === undefined) break;
    changed = markInState(s, parent) || changed;
    if (wanted.isEmpty()) return changed;
    last = parent.lastInsn;
    path = parent;
  }
  markAllPrecise(s, start);
  return true;
}

function walkBack(
  s: Session,
  path: Path,
  last: number,
  laterStart: number,
  skipFirst: boolean,
): 'start' | 'done' | 'unknown' {
  const { history } = path;
  let count = history.length;
  let later = laterStart;
  let skip = skipFirst;
  for (let index = last; ; ) {
    if (skip) skip = false;
    else {
      const top = count > 0 ? (history[count - 1] as HistoryEntry) : undefined;
      if (tellsPrecision(s)) tellStep(s, wanted, index);
      if (!backtrack(s.shape, index, later, top?.insn === index ? top : undefined, wanted)) return 'unknown';
    }
    if (wanted.isEmpty()) return 'done';
    later = index;
    if (index === path.firstInsn && (count === 0 || (count === 1 && history[0]?.insn === index)))
      return 'start';
    const top = count > 0 ? (history[count - 1] as HistoryEntry) : undefined;
    if (top?.insn === index) {
      index = top.previous;
      count--;
    } else index--;
    if (index < 0) return 'start';
  }
}

/** What is still wanted at the start of a global function are its arguments. */
function markEntry(s: Session, path: Path): boolean {
  const { memory } = s;
  const frame = memory.frame(path.state, 0);
  for (let index = 0; index < FRAME_REG_COUNT; index++) {
    const reg = memory.reg(frame, index);
    if ((((wanted.regs[0] as number) >> index) & 1) === 1 && memory.isScalar(reg))
      memory.setPrecise(reg, true);
  }
  return true;
}

/** Marks what is wanted in a saved state; what is marked already, or no scalar, is wanted no more. */
function markInState(s: Session, path: Path): boolean {
  const { memory } = s;
  let changed = false;
  for (let frameno = wanted.frame; frameno >= 0; frameno--) {
    const frame = memory.frame(path.state, frameno);
    const regs = wanted.regs[frameno] as number;
    for (let index = 0; regs >> index !== 0; index++) {
      if (((regs >> index) & 1) === 0) continue;
      const reg = memory.reg(frame, index);
      if (!memory.isScalar(reg) || memory.isPrecise(reg)) wanted.clearReg(index, frameno);
      else {
        memory.setPrecise(reg, true);
        changed = true;
      }
    }
    changed = markSlots(s, frameno, frame) || changed;
    if (tellsPrecision(s)) tellParent(s, wanted, path, frameno);
  }
  return changed;
}

function markSlots(s: Session, frameno: number, frame: number): boolean {
  const { memory } = s;
  let changed = false;
  if (wanted.slots[frameno * 2] === 0 && wanted.slots[frameno * 2 + 1] === 0) return false;
  const depth = memory.stackDepth(frame) / SLOT_BYTES;
  for (let slot = 0; slot < 64; slot++) {
    if (!wanted.hasSlot(frameno, slot)) continue;
    const isSpill = slot < depth && memory.slotType(frame, slot, SLOT_BYTES - 1) === SLOT_SPILL;
    const spilled = memory.spilled(frame, slot);
    if (!isSpill || !memory.isScalar(spilled) || memory.isPrecise(spilled)) wanted.clearSlot(frameno, slot);
    else {
      memory.setPrecise(spilled, true);
      changed = true;
    }
  }
  return changed;
}

/** Backtracking lost its way: every scalar of every state on the path is precise. */
function markAllPrecise(s: Session, start: Path): void {
  const { memory, ops } = s;
  if (tellsPrecision(s)) tellAllPrecise(s, start);
  // All before a state that was forced before were forced with it.
  for (let path = start.parent; path !== undefined && !path.allPrecise; path = path.parent) {
    path.allPrecise = true;
    ops.walkStart(path.state);
    for (let reg = ops.walkNext(); reg !== 0; reg = ops.walkNext())
      if (memory.isScalar(reg)) memory.setPrecise(reg, true);
  }
}

/** Says which scalars are not precise yet. */
function tellAllPrecise(s: Session, start: Path): void {
  const { memory } = s;
  tellFallback(s, start);
  for (let path = start.parent; path !== undefined; path = path.parent) {
    for (let frameno = 0; frameno <= memory.currentFrameIndex(path.state); frameno++) {
      const frame = memory.frame(path.state, frameno);
      for (let index = 0; index < FRAME_REG_COUNT - 1; index++) {
        const reg = memory.reg(frame, index);
        if (memory.isScalar(reg) && !memory.isPrecise(reg)) tellForced(s, frameno, `r${index}`);
      }
      for (let slot = 0; slot < memory.stackDepth(frame) / SLOT_BYTES; slot++) {
        if (memory.slotType(frame, slot, SLOT_BYTES - 1) !== SLOT_SPILL) continue;
        const spilled = memory.spilled(frame, slot);
        if (memory.isScalar(spilled) && !memory.isPrecise(spilled))
          tellForced(s, frameno, `fp${-(slot + 1) * SLOT_BYTES}`);
      }
    }
  }
}

/** A state that was just saved carries the marks; the path starts anew without any. */
export function forgetPrecision(s: Session): void {
  const { memory, ops } = s;
  ops.walkStart(s.path.state);
  for (let reg = ops.walkNext(); reg !== 0; reg = ops.walkNext())
    if (memory.isScalar(reg)) memory.setPrecise(reg, false);
}
