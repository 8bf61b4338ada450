import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareObject, OUTCOMES, type Row } from './compare.js';
import { thisKernel } from './subject.js';

// npm run parity -- FILE.o|FOLDER… [--program NAME] [--type TYPE] [--json] [--all] [--unprivileged]: real objects here and in this machine's kernel.
// Programs are loaded without being attached to anything, and closed at once. Prints those that differ, or all.
const words = process.argv.slice(2);
const flag = (name: string) => words.includes(name) && words.splice(words.indexOf(name), 1).length > 0;
// With CAP_BPF and CAP_NET_ADMIN only: what nobody may load so is not tried.
const capabilities = flag('--unprivileged') ? (['bpf', 'net_admin'] as const) : undefined;
const json = flag('--json');
const all = flag('--all');
const option = (name: string) => {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words.splice(at, 2)[1];
};
const only = option('--program');
/** Of programs whose section names none. */
const type = option('--type');
if (words.length === 0) {
  process.stderr.write(
    'usage: npm run parity -- FILE.o|FOLDER… [--program NAME] [--type TYPE] [--json] [--all] [--unprivileged]\n',
  );
  process.exit(2);
}

function objectsIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.o'))
    .map((name) => join(path, name))
    .sort();
}

const oneLine = (text: string | undefined) => (text ?? '').replace(/\n/g, ' | ').slice(0, 300);

function lineOf(row: Row): string {
  const ratio =
    row.milliseconds === undefined || !row.kernelMilliseconds
      ? ''
      : ` ${(row.milliseconds / row.kernelMilliseconds).toFixed(1)}x`;
  const counts =
    row.processed === undefined ? '' : ` ${row.processed}/${row.kernelProcessed ?? '?'} insns${ratio}`;
  const ours = row.ours === undefined ? '' : `\n    skep:   ${oneLine(row.ours)}`;
  const kernel =
    row.kernel === undefined || row.outcome === 'agree'
      ? ''
      : `\n    kernel: ${oneLine(row.kernel) || 'accepts'}`;
  return `${row.outcome.padEnd(15)} ${row.file} ${row.program}${counts}${row.outcome === 'agree' ? '' : `${ours}${kernel}`}\n`;
}

const rows: Row[] = [];
const referee = thisKernel();
for (const path of words)
  for (const file of objectsIn(path))
    for (const row of compareObject(file, referee, { only, type, capabilities })) {
      rows.push(row);
      if (!json && (all || row.outcome !== 'agree')) process.stdout.write(lineOf(row));
    }

const totals = Object.fromEntries(
  OUTCOMES.map((outcome) => [outcome, rows.filter((row) => row.outcome === outcome).length]),
);
const timed = rows.filter((row) => row.kernelMilliseconds !== undefined && row.milliseconds !== undefined);
const sum = (key: 'milliseconds' | 'kernelMilliseconds') =>
  timed.reduce((total, row) => total + (row[key] ?? 0), 0);
const times = { skep: sum('milliseconds'), kernel: sum('kernelMilliseconds') };
if (json) process.stdout.write(`${JSON.stringify({ totals, times, rows }, null, 1)}\n`);
else
  process.stdout.write(
    `${rows.length} programs: ${OUTCOMES.map((outcome) => `${outcome} ${totals[outcome]}`).join(', ')}; verification ${times.skep.toFixed(0)} ms here, ${times.kernel.toFixed(0)} ms in the kernel\n`,
  );
if (rows.some(({ outcome }) => outcome === 'false_accept' || outcome === 'crash')) process.exitCode = 1;
