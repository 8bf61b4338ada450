import type { BpfCpu } from '../../../src/compiler/front/front.js';
import { bpfAvailability } from '../../../src/linux/bpf.js';
import { type Comparison, comparePrograms, compareSeeds, FAULTS } from './compare.js';
import { Random } from './random.js';
import { PRELUDE, randomProgram } from './random-c.js';
import { reduced } from './reduce.js';

// npm run fuzz:compiler -- --count N --seed S [--cpu v3] [--batch 8] [--source] [--all] [--reduce]: random C through skep
// and through clang 19; the cpu is random unless said.
const option = (name: string, fallback: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
};
const flag = (name: string) => process.argv.includes(`--${name}`);
const CPUS: readonly BpfCpu[] = ['v1', 'v2', 'v3', 'v4'];
const count = Number(option('count', '100'));
const first = Number(option('seed', String(Date.now() % 1_000_000_000)));
const batch = Number(option('batch', '8'));
const { available, reason } = bpfAvailability();
if (!available) process.stdout.write(`Without Linux, in the engine alone: ${reason}\n`);
const options = {
  runners: available ? (['linux', 'jit', 'interpreter'] as const) : (['jit', 'interpreter'] as const),
};

const counts = new Map<Comparison['outcome'], number>();
const ratios = { slots: [] as number[], processed: [] as number[] };

function note(one: Comparison): void {
  counts.set(one.outcome, (counts.get(one.outcome) ?? 0) + 1);
  if (one.outcome !== 'same') return;
  for (const key of ['slots', 'processed'] as const) {
    const pair = one[key];
    if (pair !== undefined && pair.clang > 0) ratios[key].push(pair.skep / pair.clang);
  }
}

async function report({ outcome, seed, cpu, detail }: Comparison): Promise<void> {
  process.stdout.write(`#### seed ${seed} ${cpu}: ${outcome}\n${detail}\n`);
  const { name, text } = randomProgram(seed, cpu);
  if (!flag('reduce')) {
    if (flag('source')) process.stdout.write(`${PRELUDE}${text}\n`);
    return;
  }
  const still = async (candidate: string) => {
    const [again] = await comparePrograms([{ seed, name, text: candidate }], cpu, options);
    return again?.outcome === outcome;
  };
  process.stdout.write(`${PRELUDE}${await reduced(text, still)}\n`);
}

const mean = (values: readonly number[]) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length).toFixed(3);
const most = (values: readonly number[]) => Math.max(...values).toFixed(2);

for (let seed = first; seed < first + count; seed += batch) {
  const seeds = Array.from({ length: Math.min(batch, first + count - seed) }, (_, at) => seed + at);
  const cpu = option('cpu', CPUS[new Random(seed).below(CPUS.length)] ?? 'v3') as BpfCpu;
  for (const one of await compareSeeds(seeds, cpu, options)) {
    note(one);
    if (FAULTS.has(one.outcome)) process.exitCode = 1;
    if (FAULTS.has(one.outcome) || (one.outcome !== 'same' && flag('all'))) await report(one);
  }
}
const summary = [...counts].map(([outcome, number]) => `${outcome} ${number}`).join(', ');
process.stdout.write(
  `${count} programs from seed ${first}: ${summary}; skep ÷ clang: instructions ${mean(ratios.slots)} (most ${most(ratios.slots)}), processed ${mean(ratios.processed)} (most ${most(ratios.processed)})\n`,
);
