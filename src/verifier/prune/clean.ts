import type { Path } from '../explore/path.js';
import type { Session } from '../explore/session.js';
import { SLOT_BYTES, SLOT_INVALID } from '../state/layout.js';

/** Where each frame of a state stands: call sites, then the instruction itself. */
export function frameInsns(s: Session, path: Path): number[] {
  const { memory } = s;
  const last = memory.currentFrameIndex(path.state);
  const insns: number[] = [];
  for (let frame = 1; frame <= last; frame++) insns.push(memory.callsite(memory.frame(path.state, frame)));
  insns.push(path.insn);
  return insns;
}

/** Tells the domain which registers of each frame of a state are still read. */
export function setLiveRegisters(s: Session, path: Path): void {
  const { memory } = s;
  const { liveRegisters } = s.shape;
  const last = memory.currentFrameIndex(path.state);
  for (let frame = 0; frame < last; frame++) {
    const callsite = memory.callsite(memory.frame(path.state, frame + 1));
    memory.setLiveRegs(frame, liveRegisters[callsite] as number);
  }
  memory.setLiveRegs(last, liveRegisters[path.insn] as number);
}

/** Forgets registers and stack slots of a saved state that nothing reads any more, so that they keep nothing apart. */
export function cleanState(s: Session, path: Path): void {
  const { memory, ops } = s;
  path.cleaned = true;
  const insns = frameInsns(s, path);
  const chain = s.callChain(path.state);
  const root = s.rootInsn(path.state);
  insns.forEach((insn, frameno) => {
    const frame = memory.frame(path.state, frameno);
    const live = s.shape.liveRegisters[insn] as number;
    for (let index = 0; index < 10; index++) {
      if (((live >> index) & 1) === 0) ops.markNotInit(memory.reg(frame, index));
    }
    const [low, high] = s.liveStack.liveSlots(root, chain, path.insn, frameno);
    const slots = memory.stackDepth(frame) / SLOT_BYTES;
    for (let slot = 0; slot < slots; slot++) {
      const word = slot < 32 ? low : high;
      if (((word >>> (slot & 31)) & 1) === 1) continue;
      ops.markNotInit(memory.spilled(frame, slot));
      memory.fillSlot(frame, slot, SLOT_INVALID);
    }
  });
}
