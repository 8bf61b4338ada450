import { frameText, stateTailText } from '../log/state-text.js';
import type { Session } from './session.js';

/** A whole state as text, seen from one of its frames. */
export function stateText(s: Session, frame = s.frame, state = s.path.state): string {
  return frameText(s.memory, frame, s.names) + stateTailText(s.memory, state, frame);
}

/** Writes what changed since the last instruction. */
export function showState(s: Session): void {
  if (s.log.level === 0) return;
  if (!s.touchedAll && s.touchedRegs === 0 && s.touchedSlots.size === 0) return;
  const parts = s.touchedAll
    ? undefined
    : { regs: s.touchedRegs, slot: (slot: number) => s.touchedSlots.has(slot) };
  const text = frameText(s.memory, s.frame, s.names, parts);
  s.log.state(s.at, text + stateTailText(s.memory, s.path.state));
  s.touchedAll = false;
  s.touchedRegs = 0;
  s.touchedSlots.clear();
}
