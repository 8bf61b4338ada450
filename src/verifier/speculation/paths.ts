import { fork } from '../explore/pending.js';
import type { Session } from '../explore/session.js';
import { tellRefusal } from '../log/refusal.js';
import type { Refusal } from '../rules/rule.js';
import type { StateAddr } from '../state/domain.js';
import { STATE_SPECULATIVE } from '../state/layout.js';
import type { Guards } from './guards.js';

/** The path is one that only a wrong guess of the CPU takes. */
export function isSpeculative(s: Session): boolean {
  return s.guards !== undefined && s.memory.word(s.path.state + STATE_SPECULATIVE) !== 0;
}

/**
 * Sets the way aside that a wrong guess takes from here.
 *
 * @param forgotten registers whose values the comparison contradicts there: anything is possible.
 */
export function guessWrong(s: Session, insn: number, forgotten: readonly number[] = []): StateAddr {
  const { memory, ops } = s;
  const { state } = fork(s, insn, s.at);
  memory.setWord(state + STATE_SPECULATIVE, 1);
  const frame = memory.currentFrame(state);
  for (const reg of forgotten) ops.markUnknown(memory.reg(frame, reg));
  return state;
}

const STOPPED_BY_BARRIER: ReadonlySet<Refusal['errno']> = new Set(['EPERM', 'EACCES', 'EINVAL']);

/**
 * What is wrong under speculation only, a barrier prevents.
 *
 * @returns whether the path just ends here, instead of the program being refused.
 */
export function stopAtMistake(s: Session, guards: Guards, mistake: Refusal): boolean {
  if (!STOPPED_BY_BARRIER.has(mistake.errno)) return false;
  guards.stopBefore(s.at);
  if (s.log.level > 0) tellRefusal(s, mistake);
  return true;
}
