import type { Path } from '../explore/path.js';
import type { Session } from '../explore/session.js';
import { frameInsns } from './clean.js';

/**
 * The state in which the walk came to this instruction in the round before, by the same calls: the nearest saved state
 * further up than the one that this very visit saved.
 */
export function previousVisit(s: Session, insn: number): Path | undefined {
  const here = frameInsns(s, { ...s.path, insn });
  for (let old = s.path.parent?.parent; old !== undefined; old = old.parent) {
    if (old.insn !== insn || s.memory.currentFrameIndex(old.state) !== s.depth()) continue;
    if (frameInsns(s, old).every((at, index) => at === here[index])) return old;
  }
  return undefined;
}
