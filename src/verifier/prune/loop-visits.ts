import type { Path } from '../explore/path.js';
import type { Session } from '../explore/session.js';
import { frameInsns } from './clean.js';
import { propagatePrecision } from './precision.js';

/** One way into a loop that is being explored. */
interface Visit {
  /** The first saved state inside. */
  entry: Path | undefined;
  /** Copies of states that an old state of the same loop covered, before that one's own future was fully known. */
  backEdges: { readonly path: Path; readonly covers: Path }[];
}

const MAX_ROUNDS = 64;

/**
 * Remembers which loops are under way. The marks of a state inside a loop are complete only when all ways through the
 * loop are explored; until then it covers only states within its ranges, and marks found later are carried over.
 */
export class LoopVisits {
  readonly #visits = new Map<string, Visit>();
  /** Back edges of all visits. */
  #pending = 0;
  get pending(): number {
    return this.#pending;
  }

  /** Call sites that lead to the outermost loop that a state is in, and the loop; undefined outside of loops. */
  #key(s: Session, path: Path): string | undefined {
    let key = '';
    for (const insn of frameInsns(s, path)) {
      const loop = s.shape.loopOf[insn] as number;
      if (loop !== 0) return `${key}#${loop}`;
      key += `${insn},`;
    }
    return undefined;
  }

  enter(s: Session, saved: Path): void {
    const key = this.#key(s, saved);
    if (key === undefined) return;
    const visit = this.#visits.get(key) ?? { entry: undefined, backEdges: [] };
    this.#visits.set(key, visit);
    if (visit.entry !== undefined) return;
    visit.entry = saved;
    tell(s, 'enter', key);
  }

  /** A state whose ways are all explored; when it was the loop's first, the loop's marks are completed. */
  leave(s: Session, path: Path): void {
    const key = this.#key(s, path);
    const visit = key === undefined ? undefined : this.#visits.get(key);
    if (visit === undefined || visit.entry !== path) return;
    visit.entry = undefined;
    tell(s, 'exit', key as string);
    for (let round = 0, changed = visit.backEdges.length > 0; changed; round++) {
      changed = false;
      for (const { path: edge, covers } of visit.backEdges)
        changed = propagatePrecision(s, covers, edge) || changed;
      if (round > MAX_ROUNDS) break;
    }
    for (const { path: edge } of visit.backEdges) s.ops.freeState(edge.state);
    this.#pending -= visit.backEdges.length;
    visit.backEdges = [];
  }

  isIncomplete(s: Session, path: Path): boolean {
    if (this.#pending === 0) return false;
    const key = this.#key(s, path);
    return key !== undefined && (this.#visits.get(key)?.backEdges.length ?? -1) > 0;
  }

  addBackEdge(s: Session, covers: Path, path: Path): void {
    const key = this.#key(s, covers);
    const visit = key === undefined ? undefined : this.#visits.get(key);
    if (visit === undefined) return;
    const copy: Path = { ...path, state: s.ops.saveState(path.state) };
    this.#pending++;
    notePeak(s);
    tell(s, 'backedge', key as string);
    visit.backEdges.push({ path: copy, covers });
  }
}

/** Counts the states that are kept, copies at back edges among them. */
export function notePeak(s: Session): void {
  s.peakStates = Math.max(s.peakStates, s.savedStates + s.loops.pending);
}

/** The log of level 2 tells of loops, which Linux calls strongly connected components. */
function tell(s: Session, what: 'enter' | 'exit' | 'backedge', key: string): void {
  if (s.log.level < 2) return;
  const parts = key.split(',');
  // Linux's list of calls ends at one from instruction 0.
  const end = parts.slice(0, -1).indexOf('0');
  const calls = parts.slice(0, end < 0 ? -1 : end);
  s.log.line(`SCC ${what} (${[...calls, parts.at(-1)?.slice(1)].join(',')})`);
}
