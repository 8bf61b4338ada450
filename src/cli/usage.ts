import { SkepError, type SkepErrorDetails } from '../errors/base.js';

/** The command line makes no sense: exit status 2. */
export class UsageError extends SkepError {
  constructor(message: string, details: SkepErrorDetails = {}) {
    super('USAGE', message, details);
    this.name = 'UsageError';
  }
}

/** `Did you mean X?`, when a known word is near enough. */
export function didYouMean(word: string, known: readonly string[]): SkepErrorDetails {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const near = known
    .map((name) => ({ name, distance: editDistance(word, name) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)[0];
  if (near !== undefined) return { hint: `Did you mean ${near.name}?`, facts: { word, near: near.name } };
  return { hint: `Known: ${known.join(', ')}.`, facts: { word } };
}

/** Insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1, swapped));
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
