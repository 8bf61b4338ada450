import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Comparison } from './compare.js';

/** What a run has found so far; kept in a file, it can be gone on with. */
export interface Totals {
  readonly first: number;
  /** The seed that is next. */
  next: number;
  programs: number;
  /** By the kernel. */
  accepted: number;
  /** Rejected by both. */
  rejected: number;
  /** Decided alike, after another number of instructions. */
  countsDiffer: number;
  readonly outcomes: Record<string, number>;
  readonly found: {
    readonly seed: number;
    readonly outcome: string;
    readonly ours: string;
    readonly kernel: string;
  }[];
}

const MOST_FOUND = 1000;

export function newTotals(first: number): Totals {
  return {
    first,
    next: first,
    programs: 0,
    accepted: 0,
    rejected: 0,
    countsDiffer: 0,
    outcomes: {},
    found: [],
  };
}

/** Whether a comparison is a difference to be looked at. */
export function isDifference({ outcome }: Comparison): boolean {
  return !['same', 'unsupported', 'kernel_bug', 'invalid'].includes(outcome);
}

export function count(totals: Totals, result: Comparison): void {
  const { seed, outcome, ours, kernel, ok } = result;
  totals.programs++;
  totals.next = seed + 1;
  totals.outcomes[outcome] = (totals.outcomes[outcome] ?? 0) + 1;
  if (ok) totals.accepted++;
  else if (outcome === 'same' || outcome === 'message') totals.rejected++;
  const isDecided = outcome === 'same' || outcome === 'message';
  if (isDecided && result.oursProcessed !== result.kernelProcessed) totals.countsDiffer++;
  if (isDifference(result) && totals.found.length < MOST_FOUND)
    totals.found.push({ seed, outcome, ours, kernel });
}

const percent = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(3)} %`;

export function totalsText(totals: Totals): string {
  const { first, programs, accepted, rejected, countsDiffer, outcomes } = totals;
  const of = (outcome: string) => outcomes[outcome] ?? 0;
  const all = Object.entries(outcomes).map(([outcome, number]) => `${outcome} ${number}`);
  return [
    `${programs} programs from seed ${first}, ${accepted} accepted by the kernel: ${all.join(', ')}`,
    `unsound accepts ${of('unsound')}; false rejects ${percent(of('false_reject'), accepted)}; same final message ${percent(rejected - of('message'), rejected)} of ${rejected} rejections; processed counts differ in ${countsDiffer}`,
    '',
  ].join('\n');
}

/** The totals that a file keeps; new ones when there is none. */
export function readTotals(file: string, first: number): Totals {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Totals) : newTotals(first);
}

/** Whole or not at all. */
export function writeTotals(file: string, totals: Totals): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(totals, null, 1)}\n`);
  renameSync(`${file}.new`, file);
}
