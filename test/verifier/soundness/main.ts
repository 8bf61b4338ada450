import { plainProgramOf } from '../fuzz/programs.js';
import { checkSoundness } from './soundness.js';

// npm run fuzz:soundness -- --seconds N --seed S: runs accepted random programs against the states that were proved.
const option = (name: string, fallback: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const first = option('seed', Date.now() % 1_000_000_000);
const end = Date.now() + option('seconds', 10) * 1000;
const counts = new Map<string, number>();
let shown = option('show', 5);
let programs = 0;
let steps = 0;
for (let seed = first; Date.now() < end; seed++) {
  const program = plainProgramOf(seed);
  programs++;
  let verdict: ReturnType<typeof checkSoundness>;
  try {
    verdict = checkSoundness(program, seed);
  } catch (error) {
    process.stdout.write(`#### seed ${seed}: ${String(error)}\n`);
    throw error;
  }
  const { outcome } = verdict;
  steps += verdict.steps;
  const name = typeof outcome === 'string' ? outcome : outcome.kind;
  counts.set(name, (counts.get(name) ?? 0) + 1);
  if (typeof outcome === 'string' || shown-- <= 0) continue;
  process.stdout.write(
    `#### seed ${seed} ${program.hook}: ${outcome.text}\n${process.argv.includes('--source') ? `${program.source}\n` : ''}`,
  );
}
process.stdout.write(
  `${programs} programs from seed ${first}, ${steps} steps checked: ${[...counts].map(([name, count]) => `${name} ${count}`).join(', ')}\n`,
);
if (counts.has('outside') || counts.has('crash')) process.exitCode = 1;
