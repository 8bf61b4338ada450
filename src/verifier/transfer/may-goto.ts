import { fork } from '../explore/pending.js';
import type { Session } from '../explore/session.js';

/** The counted jump: falls through at first, and jumps after some turns that the kernel counts. */
export function transferMayGoto(s: Session, offset: number): number {
  const copy = fork(s, s.at + 1, s.at);
  copy.mayGotoDepth++;
  // The parent is this very visit; the round before is further up.
  for (let old = s.path.parent?.parent; old !== undefined; old = old.parent) {
    if (old.insn !== s.at || s.memory.currentFrameIndex(old.state) !== s.depth()) continue;
    s.ops.widenImprecise(old.state, copy.state);
    break;
  }
  return s.at + 1 + offset;
}
