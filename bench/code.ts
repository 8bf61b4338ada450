import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BpfCpu } from '../src/compiler/front/front.js';
import { bpfAvailability } from '../src/linux/bpf.js';
import { parseObject } from '../src/object/index.js';
import { BothCompilers } from '../test/compiler/both/both-compilers.js';
import { processedOf } from '../test/compiler/both/processed.js';
import { markdownTable } from './table.js';

const CPUS: readonly BpfCpu[] = ['v1', 'v2', 'v3', 'v4'];
/** What is compiled unless paths are named. */
const OWN = ['test/cases/compiler', 'bench/programs', 'examples', 'tools'];
const MARK = '\n## Code of the compiler\n';

/** One program, by both compilers. */
export interface CodeRow {
  readonly file: string;
  readonly program: string;
  readonly slots: Pair;
  /** Instructions that the kernel's verifier walked through; absent when this kernel loads neither. */
  readonly processed?: Pair;
  /** The kernel's last words on what skep made, when it takes clang's. */
  readonly refused?: string;
}

interface Pair {
  readonly skep: number;
  readonly clang: number;
}

interface Run {
  readonly cpu: BpfCpu;
  readonly rows: readonly CodeRow[];
  readonly failed: readonly string[];
}

/**
 * `npm run bench -- code [--cpu v3] [-I DIR] [--update] [PATH…]`: the length of skep's code and the work of the kernel's
 * verifier on it, against clang 19's.
 *
 * @returns the exit status: 1 when skep fails on, or the kernel refuses, what clang compiles and the kernel takes.
 */
export async function codeMain(args: readonly string[], folder: string): Promise<number> {
  const { cpus, paths, includeDirs, update, all } = options(args);
  const withKernel = bpfAvailability().available;
  const files = paths.flatMap(sourcesIn);
  const compilers = new BothCompilers();
  const runs: Run[] = [];
  try {
    for (const cpu of cpus) {
      const rows: CodeRow[] = [];
      const failed: string[] = [];
      for (const file of files) {
        if (cpu < cpuFloor(file)) continue;
        const { skep, clang } = await compilers.compile(file, { cpu, includeDirs, flags: ['-w'] });
        if (clang.object === undefined) continue;
        if (skep.object === undefined) failed.push(`${file} ${cpu}: ${skep.text.split('\n')[0]}`);
        else rows.push(...compared(file, skep.object, clang.object, withKernel));
      }
      runs.push({ cpu, rows, failed });
      process.stdout.write(details({ cpu, rows, failed }, all));
    }
  } finally {
    await compilers.close();
  }
  const table = summary(runs);
  process.stdout.write(table);
  if (update) writeResults(join(folder, 'RESULTS.md'), table);
  return runs.some(({ rows, failed }) => failed.length > 0 || rows.some((row) => row.refused)) ? 1 : 0;
}

function options(args: readonly string[]) {
  const words = [...args];
  const flag = (name: string) => words.includes(name) && words.splice(words.indexOf(name), 1).length > 0;
  const values = (name: string): string[] => {
    const found: string[] = [];
    for (let at = words.indexOf(name); at >= 0; at = words.indexOf(name))
      found.push(words.splice(at, 2)[1] ?? '');
    return found;
  };
  const [update, all] = [flag('--update'), flag('--all')];
  const cpus = values('--cpu') as BpfCpu[];
  const includeDirs = values('-I');
  return {
    update,
    all,
    includeDirs,
    cpus: cpus.length === 0 ? CPUS : cpus,
    paths: words.length === 0 ? OWN : words,
  };
}

function sourcesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const pattern = path === 'test/cases/compiler' ? /\.c$/ : /\.bpf\.c$/;
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name))
    .map((name) => join(path, name))
    .sort();
}

/** The end of a case's name says what it needs. */
function cpuFloor(file: string): BpfCpu {
  return (/_(v4)\.c$/.exec(file)?.[1] ?? 'v1') as BpfCpu;
}

function compared(file: string, skep: Uint8Array, clang: Uint8Array, withKernel: boolean): CodeRow[] {
  const [ours, theirs] = [parseObject(skep), parseObject(clang)];
  const [walked, walkedTheirs] = withKernel ? [processedOf(ours), processedOf(theirs)] : [];
  return ours.programs.flatMap((program) => {
    const other = theirs.programs.find(({ name }) => name === program.name);
    if (other === undefined) return [];
    const slots = { skep: program.insns.length, clang: other.insns.length };
    const [a, b] = [walked?.get(program.name), walkedTheirs?.get(program.name)];
    const row = { file, program: program.name, slots };
    if (b?.processed === undefined) return [row];
    if (a?.processed === undefined) return [{ ...row, refused: a?.text ?? 'not loaded' }];
    return [{ ...row, processed: { skep: a.processed, clang: b.processed } }];
  });
}

const ratio = ({ skep, clang }: Pair): number => skep / clang;

function mean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** Most that one program may be longer, and that its verification may take more. */
const LONG = 1.25;

function details({ cpu, rows, failed }: Run, all: boolean): string {
  const lines = failed.map((text) => `${cpu} not compiled by skep: ${text}`);
  for (const { file, program, slots, processed, refused } of rows) {
    const text = `${cpu} ${file} ${program}: ${slots.skep}/${slots.clang}`;
    const walked = processed === undefined ? '' : ` processed ${processed.skep}/${processed.clang}`;
    if (refused !== undefined) lines.push(`${text} refused: ${refused}`);
    else if (all || ratio(slots) > LONG || (processed !== undefined && ratio(processed) > LONG))
      lines.push(`${text}${walked}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

function summary(runs: readonly Run[]): string {
  const head = ['cpu', 'programs', 'instructions', 'worst', `> ${LONG}`, 'loaded', 'processed', 'worst'];
  const lines = runs.map(({ cpu, rows }) => {
    const sizes = rows.map(({ slots }) => ratio(slots));
    const walks = rows.flatMap(({ processed }) => (processed === undefined ? [] : [ratio(processed)]));
    return [
      cpu,
      String(rows.length),
      mean(sizes).toFixed(3),
      Math.max(...sizes).toFixed(2),
      String(sizes.filter((size) => size > LONG).length),
      String(walks.length),
      walks.length === 0 ? '' : mean(walks).toFixed(3),
      walks.length === 0 ? '' : Math.max(...walks).toFixed(2),
    ];
  });
  return markdownTable([head, ...lines]);
}

/** Keeps what else is in the file. */
function writeResults(path: string, table: string): void {
  const [rest = ''] = readFileSync(path, 'utf8').split(MARK);
  const text = `Written by \`npm run bench -- code --update\`: the programs of test/cases/compiler, bench, examples and tools by skep and by
\`clang-19 -O2 -g\`; instructions in the object, and those that the verifier of this kernel walked through. skep ÷ clang:
geometric means, the worst, and how many are longer than ${LONG}.
`;
  writeFileSync(path, `${rest}${MARK}\n${text}\n${table}`);
}

/** The part of the results that {@link codeMain} wrote. */
export function codeResults(path: string): string {
  const [, code] = readFileSync(path, 'utf8').split(MARK);
  return code === undefined ? '' : `${MARK}${code}`;
}
