import { refuse } from '../rules/rule.js';
import { tooManyJumps } from '../rules/too-many-jumps.js';
import type { Path } from './path.js';
import type { Session } from './session.js';

const MAX_PENDING = 8192;

/** Sets a copy of the path aside, to be walked from `insn` later. */
export function fork(s: Session, insn: number, previous: number): Path {
  const { path } = s;
  const copy = setAside(s, { ...path, state: s.ops.saveState(path.state), branches: 1, insn }, previous);
  if (copy.parent !== undefined) copy.parent.branches++;
  return copy;
}

/** Sets a path aside, to be walked from where it stands. */
export function setAside(s: Session, path: Path, previous: number): Path {
  s.pending.push({
    path,
    insn: path.insn,
    previous,
    logLength: s.log.length,
    mark: s.observer?.mark?.(s),
  });
  if (s.pending.length > MAX_PENDING) refuse(tooManyJumps, s.at, { jumps: s.pending.length });
  return path;
}

/** Goes on with the path set aside last; false when there is none. */
export function resume(s: Session): boolean {
  const next = s.pending.pop();
  if (next === undefined) return false;
  const { state } = s.path;
  s.ops.copyState(state, next.path.state);
  s.ops.freeState(next.path.state);
  s.enter({ ...next.path, state });
  s.at = next.insn;
  s.previous = next.previous;
  s.log.cutTo(next.logLength);
  s.observer?.resumed?.(s, next.mark);
  return true;
}
