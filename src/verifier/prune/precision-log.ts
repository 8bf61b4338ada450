import type { Session } from '../explore/session.js';
import { stateText } from '../explore/show-state.js';
import type { StateAddr } from '../state/domain.js';
import {
  FRAME_REG_COUNT,
  SLOT_BYTES,
  SLOT_SPILL,
  STACK_SLOTS,
  STATE_PARENT,
  TELL_ALL_PRECISE,
  TELL_PARENT,
  TELL_PROPAGATED,
  TELL_START,
  TELL_STEP,
} from '../state/layout.js';

/** The log of level 2 tells each step of backtracking: `what` is one of `TELL_*`. */
export function tellPrecision(s: Session, what: number, a: number, b: number, c: number): void {
  switch (what) {
    case TELL_START:
      tellStart(s, a, b, c);
      return;
    case TELL_STEP:
      tellStep(s, a);
      return;
    case TELL_PARENT:
      tellParent(s, a, b);
      return;
    case TELL_PROPAGATED:
      tellPropagated(s);
      return;
    case TELL_ALL_PRECISE:
      tellAllPrecise(s, a);
      return;
    default:
      throw new RangeError(`backtracking tells nothing numbered ${what}`);
  }
}

function tellStart(s: Session, last: number, first: number, later: number): void {
  s.log.line(
    `mark_precise: frame${s.ops.getWantedFrame()}: last_idx ${last} first_idx ${first} subseq_idx ${later} `,
  );
}

function tellStep(s: Session, insn: number): void {
  if (s.shape.operations[insn] === undefined) return;
  const frame = s.ops.getWantedFrame();
  s.log.line(
    `mark_precise: frame${frame}: regs=${regsText(s, frame)} stack=${slotsText(s, frame)} before ${insn}: ${s.log.insnText(insn)}`,
  );
}

function tellParent(s: Session, state: StateAddr, frame: number): void {
  const text = stateText(s, s.memory.frame(state, frame), state);
  const regs = regsText(s, frame);
  const slots = slotsText(s, frame);
  s.log.line(`mark_precise: frame${frame}: parent state regs=${regs} stack=${slots}: ${text}`);
}

/** What an old state asks of those that it covers, frame by frame. */
function tellPropagated(s: Session): void {
  for (let frame = s.ops.getWantedFrame(); frame >= 0; frame--) {
    const regs = regsText(s, frame).split(',').filter(Boolean);
    const slots = slotsText(s, frame).split(',').filter(Boolean);
    const all = [...regs, ...slots.map((slot) => `fp${slot}`)];
    if (all.length > 0) s.log.line(`frame ${frame}: propagating ${all.join(',')}`);
  }
}

/** Says which scalars of the states before this one are not precise yet. */
function tellAllPrecise(s: Session, start: StateAddr): void {
  const { memory } = s;
  s.log.line(
    `mark_precise: frame${memory.currentFrameIndex(start)}: falling back to forcing all scalars precise`,
  );
  for (let state = parentOf(s, start); state !== 0; state = parentOf(s, state)) {
    for (let frameno = 0; frameno <= memory.currentFrameIndex(state); frameno++) {
      const frame = memory.frame(state, frameno);
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

function parentOf(s: Session, state: StateAddr): StateAddr {
  return s.memory.word(state + STATE_PARENT) >>> 0;
}

function tellForced(s: Session, frame: number, what: string): void {
  s.log.line(`force_precise: frame${frame}: forcing ${what} to be precise`);
}

function regsText(s: Session, frame: number): string {
  const wanted = s.ops.getWantedRegs(frame);
  const regs: string[] = [];
  for (let reg = 0; reg < FRAME_REG_COUNT; reg++) if (((wanted >> reg) & 1) === 1) regs.push(`r${reg}`);
  return regs.join(',');
}

function slotsText(s: Session, frame: number): string {
  const wanted = s.ops.getWantedSlots(frame);
  const slots: string[] = [];
  for (let slot = 0; slot < STACK_SLOTS; slot++)
    if (((wanted >> BigInt(slot)) & 1n) === 1n) slots.push(String(-(slot + 1) * SLOT_BYTES));
  return slots.join(',');
}
