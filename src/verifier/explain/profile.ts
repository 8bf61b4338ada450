import { checkOnce } from '../check.js';
import type { Observer } from '../explore/observer.js';
import type { Session } from '../explore/session.js';
import type { VerifierProgram, VerifyOptions, VerifyResult } from '../verify.js';
import { lineOf } from './source-line.js';

/** What verifying one source line cost; without line information, one instruction. */
export interface ProfileRow {
  /** First instruction of the line. */
  readonly insn: number;
  readonly file?: string;
  readonly line?: number;
  readonly source?: string;
  /** Instructions processed. */
  readonly processed: number;
  /** Of all processed instructions, from 0 to 1. */
  readonly share: number;
  /** How often the line was come to. */
  readonly visits: number;
  /** Branches here that were followed both ways. */
  readonly forks: number;
  /** States kept here, to compare later ones with. */
  readonly states: number;
  /** Paths that ended here, since a kept state covered them. */
  readonly pruned: number;
  readonly milliseconds: number;
}

/** Counts what each instruction costs while a program is verified. */
export class Profile implements Observer {
  readonly #program: VerifierProgram;
  readonly #processed: Uint32Array;
  readonly #visits: Uint32Array;
  readonly #forks: Uint32Array;
  readonly #states: Uint32Array;
  readonly #pruned: Uint32Array;
  readonly #time: Float64Array;
  readonly #lines: Int32Array;
  #last = -1;
  #since = 0;

  constructor(program: VerifierProgram) {
    const { length } = program.insns;
    this.#program = program;
    this.#processed = new Uint32Array(length);
    this.#visits = new Uint32Array(length);
    this.#forks = new Uint32Array(length);
    this.#states = new Uint32Array(length);
    this.#pruned = new Uint32Array(length);
    this.#time = new Float64Array(length);
    this.#lines = Int32Array.from({ length }, (_, insn) => lineOf(program, insn)?.insn ?? insn);
  }

  step(s: Session): void {
    const { at } = s;
    bump(this.#processed, at);
    const line = this.#lines[at] as number;
    if (this.#last < 0 || this.#lines[this.#last] !== line || at <= this.#last) bump(this.#visits, line);
    this.#clock(at);
  }
  mark(s: Session): void {
    bump(this.#forks, s.at);
  }
  pruned(s: Session): void {
    bump(this.#processed, s.at);
    bump(this.#pruned, s.at);
    this.#clock(s.at);
  }
  saved(s: Session): void {
    bump(this.#states, s.at);
  }
  resumed(): void {
    this.#clock(-1);
  }

  #clock(next: number): void {
    const now = performance.now();
    if (this.#last >= 0) this.#time[this.#last] = (this.#time[this.#last] as number) + now - this.#since;
    this.#since = now;
    this.#last = next;
  }

  /** One row for each line that was come to, the costliest first. */
  rows(): ProfileRow[] {
    const byLine = new Map<string, number[]>();
    this.#processed.forEach((count, insn) => {
      if (count === 0) return;
      const line = lineOf(this.#program, insn);
      const key = line === undefined ? String(insn) : `${line.file}:${line.line}`;
      const insns = byLine.get(key);
      if (insns === undefined) byLine.set(key, [insn]);
      else insns.push(insn);
    });
    const total = this.#processed.reduce((sum, count) => sum + count, 0);
    return [...byLine.values()]
      .map((insns) => this.#row(insns, total))
      .sort((a, b) => b.processed - a.processed || a.insn - b.insn);
  }

  #row(insns: readonly number[], total: number): ProfileRow {
    const insn = insns[0] as number;
    const line = lineOf(this.#program, insn);
    const sum = (column: Uint32Array | Float64Array) =>
      insns.reduce((count, each) => count + (column[each] as number), 0);
    const processed = sum(this.#processed);
    return {
      insn,
      ...(line === undefined ? {} : { file: line.file, line: line.line }),
      ...(line === undefined || line.text === '' ? {} : { source: line.text.trim() }),
      processed,
      share: total === 0 ? 0 : processed / total,
      visits: sum(this.#visits),
      forks: sum(this.#forks),
      states: sum(this.#states),
      pruned: sum(this.#pruned),
      milliseconds: sum(this.#time),
    };
  }

  /** What multiplied the work: the line whose branches were followed both ways most often. */
  multiplied(): string {
    const rows = this.rows();
    const forking = rows.reduce((most, row) => (row.forks > most.forks ? row : most), rows[0] as ProfileRow);
    const name = ({ line, insn }: ProfileRow) =>
      line === undefined ? `instruction ${insn}` : `line ${line}`;
    if (forking === undefined || forking.forks === 0) {
      const most = rows[0];
      return most === undefined ? '' : `${name(most)} was come to ${most.visits} times`;
    }
    const kept = forking.pruned === 0 ? 'none of them was cut short' : `${forking.pruned} were cut short`;
    return `${name(forking)} was followed both ways ${forking.forks} times, and ${kept} because the states differed`;
  }
}

function bump(column: Uint32Array, at: number): void {
  column[at] = (column[at] as number) + 1;
}

/** Verifies a program and counts what each of its lines cost. */
export function profile(
  program: VerifierProgram,
  options: VerifyOptions = {},
): { readonly result: VerifyResult; readonly rows: readonly ProfileRow[] } {
  const counts = new Profile(program);
  const result = checkOnce(program, options, counts);
  return { result, rows: counts.rows() };
}
