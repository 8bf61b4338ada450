import type { BpfCpu } from '../../../src/compiler/front/front.js';
import { type Comparison, compareC } from './compare.js';

// npm run fuzz:compiler -- --count N --seed S [--cpu v3]: random C through skep and through clang.
const option = (name: string, fallback: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
};
const count = Number(option('count', '100'));
const first = Number(option('seed', String(Date.now() % 1_000_000_000)));
const cpu = option('cpu', 'v3') as BpfCpu;
const counts = new Map<Comparison['outcome'], number>();
const UNEQUAL = new Set<Comparison['outcome']>([
  'different',
  'skep failed',
  'clang failed',
  'only clang loads',
]);
let logs = 0;
let compared = 0;
let worst = 0;
for (let seed = first; seed < first + count; seed++) {
  const { outcome, source, detail, slots } = await compareC(seed, cpu);
  counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  if (slots !== undefined) {
    logs += Math.log(slots.skep / slots.clang);
    worst = Math.max(worst, slots.skep / slots.clang);
    compared++;
  }
  if (UNEQUAL.has(outcome) || (outcome !== 'same' && process.argv.includes('--all'))) {
    process.stdout.write(
      `#### seed ${seed}: ${outcome}\n${detail}\n${process.argv.includes('--source') ? source : ''}\n`,
    );
    process.exitCode = 1;
  }
}
const summary = [...counts].map(([outcome, number]) => `${outcome} ${number}`).join(', ');
process.stdout.write(
  `${count} programs from seed ${first}: ${summary}; instructions ÷ clang's: mean ${Math.exp(logs / compared).toFixed(3)}, most ${worst.toFixed(2)}\n`,
);
