import type { Path } from '../explore/path.js';
import type { Session } from '../explore/session.js';
import { stateText } from '../explore/show-state.js';
import { FRAME_REG_COUNT, SLOT_BYTES, STACK_SLOTS } from '../state/layout.js';
import type { Wanted } from './backtrack.js';

/** The log of level 2 tells each step of backtracking. */
export function tellsPrecision(s: Session): boolean {
  return s.log.level >= 2;
}

export function tellStart(s: Session, wanted: Wanted, path: Path, last: number, later: number): void {
  s.log.line(
    `mark_precise: frame${wanted.frame}: last_idx ${last} first_idx ${path.firstInsn} subseq_idx ${later} `,
  );
}

export function tellStep(s: Session, wanted: Wanted, insn: number): void {
  if (s.shape.operations[insn] === undefined) return;
  const { frame } = wanted;
  const regs = regsText(wanted, frame);
  const slots = slotsText(wanted, frame);
  s.log.line(
    `mark_precise: frame${frame}: regs=${regs} stack=${slots} before ${insn}: ${s.log.insnText(insn)}`,
  );
}

export function tellParent(s: Session, wanted: Wanted, path: Path, frameno: number): void {
  const { memory } = s;
  const state = stateText(s, memory.frame(path.state, frameno), path.state);
  const regs = regsText(wanted, frameno);
  const slots = slotsText(wanted, frameno);
  s.log.line(`mark_precise: frame${frameno}: parent state regs=${regs} stack=${slots}: ${state}`);
}

/** What an old state asks of those that it covers, frame by frame. */
export function tellPropagated(s: Session, wanted: Wanted): void {
  for (let frame = wanted.frame; frame >= 0; frame--) {
    const regs = regsText(wanted, frame).split(',').filter(Boolean);
    const slots = slotsText(wanted, frame).split(',').filter(Boolean);
    const all = [...regs, ...slots.map((slot) => `fp${slot}`)];
    if (all.length > 0) s.log.line(`frame ${frame}: propagating ${all.join(',')}`);
  }
}

export function tellFallback(s: Session, start: Path): void {
  const frame = s.memory.currentFrameIndex(start.state);
  s.log.line(`mark_precise: frame${frame}: falling back to forcing all scalars precise`);
}

export function tellForced(s: Session, frame: number, what: string): void {
  s.log.line(`force_precise: frame${frame}: forcing ${what} to be precise`);
}

function regsText(wanted: Wanted, frame: number): string {
  const regs: string[] = [];
  for (let reg = 0; reg < FRAME_REG_COUNT; reg++)
    if ((((wanted.regs[frame] as number) >> reg) & 1) === 1) regs.push(`r${reg}`);
  return regs.join(',');
}

function slotsText(wanted: Wanted, frame: number): string {
  const slots: string[] = [];
  for (let slot = 0; slot < STACK_SLOTS; slot++)
    if (wanted.hasSlot(frame, slot)) slots.push(String(-(slot + 1) * SLOT_BYTES));
  return slots.join(',');
}
