import { type Comparison, compare } from './compare.js';

// npm run fuzz:verifier -- --seconds N --seed S: random programs here and in this machine's kernel.
const option = (name: string, fallback: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const seconds = option('seconds', 10);
const first = option('seed', Date.now() % 1_000_000_000);
const shown = option('show', 5);
const end = Date.now() + seconds * 1000;
const counts = new Map<string, number>();
const examples: Comparison[] = [];
let accepted = 0;
let countsDiffer = 0;
let runs = 0;
for (let seed = first; Date.now() < end; seed++) {
  const result = compare(seed);
  runs++;
  if (result.ok) accepted++;
  counts.set(result.outcome, (counts.get(result.outcome) ?? 0) + 1);
  const isBad = !['same', 'unsupported', 'kernel_bug'].includes(result.outcome);
  const processedDiffers = result.outcome === 'same' && result.oursProcessed !== result.kernelProcessed;
  if (processedDiffers) countsDiffer++;
  if ((isBad || (processedDiffers && process.argv.includes('--counts'))) && examples.length < shown)
    examples.push(result);
}
for (const { seed, outcome, program, ours, kernel, oursProcessed, kernelProcessed } of examples)
  process.stdout.write(
    `#### seed ${seed} ${outcome} ${program.hook} ${oursProcessed}/${kernelProcessed}\nours:   ${ours}\nkernel: ${kernel}\n${process.argv.includes('--source') ? `${program.source}\n` : ''}`,
  );
process.stdout.write(
  `${runs} programs from seed ${first}, ${accepted} accepted by the kernel: ${[...counts].map(([outcome, count]) => `${outcome} ${count}`).join(', ')}; processed counts differ in ${countsDiffer}\n`,
);
if ((counts.get('unsound') ?? 0) > 0) process.exitCode = 1;
