import type { Capability } from '../../../src/verifier/privileges.js';
import { unprivilegedRefusal } from '../../support/capabilities.js';
import { type Comparison, compare } from './compare.js';
import { generateGuarded } from './guarded.js';
import { asCase, shrink } from './shrink.js';
import { count, isDifference, newTotals, readTotals, totalsText, writeTotals } from './totals.js';

/*
 * npm run fuzz:verifier -- [--programs N | --seconds N] [--seed S] [--state FILE]: random programs here and in this
 * machine's kernel. Runs with seeds that are far apart may run at the same time; one with --state goes on where it was
 * ended. Differences are made small and printed as cases: --show N of them, --whole as they were written. --unprivileged:
 * programs loaded with CAP_BPF only, and, where the kernel lets everybody (SKEP_UNPRIVILEGED_BPF=1 makes it), with nothing.
 */
const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const flag = (name: string) => process.argv.includes(`--${name}`);
const programs = option('programs') === undefined ? Number.POSITIVE_INFINITY : Number(option('programs'));
const seconds = Number(option('seconds') ?? (programs === Number.POSITIVE_INFINITY ? 10 : 1e9));
const first = Number(option('seed') ?? Date.now() % 1_000_000_000);
const state = option('state');
const end = Date.now() + seconds * 1000;
const SAVED_EVERY = 500;
let shown = Number(option('show') ?? 5);

const totals = state === undefined ? newTotals(first) : readTotals(state, first);
const counts = flag('counts');
const loaders = flag('unprivileged') ? unprivilegedLoaders() : undefined;
for (; totals.programs < programs && Date.now() < end; ) {
  const capabilities = loaders?.[totals.next % loaders.length];
  const result =
    capabilities === undefined
      ? compare(totals.next)
      : compare(totals.next, generateGuarded(totals.next, capabilities));
  count(totals, result);
  const differs = isDifference(result) || (counts && countDiffers(result));
  if (differs && shown-- > 0) show(result);
  if (state !== undefined && totals.programs % SAVED_EVERY === 0) writeTotals(state, totals);
}
if (state !== undefined) writeTotals(state, totals);
process.stdout.write(totalsText(totals));
if ((totals.outcomes['unsound'] ?? 0) > 0) process.exitCode = 1;

function countDiffers({ outcome, oursProcessed, kernelProcessed }: Comparison): boolean {
  return (outcome === 'same' || outcome === 'message') && oursProcessed !== kernelProcessed;
}

function show(found: Comparison): void {
  const { seed, outcome, ours, kernel, oursProcessed, kernelProcessed } = found;
  process.stdout.write(
    `#### seed ${seed} ${outcome} ${oursProcessed}/${kernelProcessed}\nours:   ${ours}\nkernel: ${kernel}\n`,
  );
  process.stdout.write(`${asCase(flag('whole') ? found : shrink(found))}\n`);
}

function unprivilegedLoaders(): readonly (readonly Capability[])[] {
  const refusal = unprivilegedRefusal();
  if (refusal !== undefined) process.stderr.write(`with CAP_BPF only: ${refusal}\n`);
  return refusal === undefined ? [['bpf'], []] : [['bpf']];
}
