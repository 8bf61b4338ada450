import { writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { compileObject } from '../src/compiler/node/index.js';
import { bpfAvailability } from '../src/linux/bpf.js';
import { parseObject } from '../src/object/index.js';
import { codeMain, codeResults } from './code.js';
import { type CompilationRow, measureCompilation } from './compilation.js';
import { type EngineSide, prepareEngine } from './engine-side.js';
import { prepareKernel } from './kernel-side.js';
import { measureReplay, type ReplayRow } from './replay.js';
import { measureRing, type RingRow } from './ring.js';
import { markdownTable } from './table.js';
import { measureVerification, type VerificationRow } from './verification.js';
import { WORKLOADS, type Workload } from './workloads.js';

interface Row {
  readonly workload: Workload;
  readonly jit: number;
  readonly interpreter: number;
  readonly kernel: number | undefined;
}

/** Besides the workloads: how long the verifier takes. */
const VERIFICATION = 'verification';
/** And how fast captures are replayed. */
const REPLAY = 'replay';
/** And how long `skep compile` takes, beside clang 19. */
const COMPILE = 'compile';
/** And how fast a ring buffer of the kernel is read. */
const RING = 'ring';
/** And what the compiler's code is like, which has options of its own. */
const CODE = 'code';
const ROUNDS = 25;
const WARM_UP_MILLISECONDS = 500;
/** What one round of one side takes: less than the scheduler's slice, so that some rounds are undisturbed. */
const ROUND_NANOSECONDS = 3e6;

/**
 * Measures every workload in the engine's JIT, the interpreter and the kernel's JIT, in turns, and prints the best rounds.
 *
 * @returns the exit status: 1 when results differ.
 */
export async function main(args: readonly string[], folder: string): Promise<number> {
  if (args[0] === CODE) return codeMain(args.slice(1), folder);
  const update = args.includes('--update');
  const names = args.filter((arg) => !arg.startsWith('-'));
  const known = [...WORKLOADS.map(({ name }) => name), VERIFICATION, REPLAY, RING, COMPILE, CODE];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no workload ${unknown}; there are ${known.join(', ')}.\n`);
    return 2;
  }
  const { available, reason } = bpfAvailability();
  if (!available) process.stdout.write(`The kernel's column is missing: ${reason}\n`);
  const chosen = WORKLOADS.filter(({ name }) => names.length === 0 || names.includes(name));
  const rows: Row[] = [];
  for (const workload of chosen) rows.push(await measure(workload, folder, available));
  const verified =
    names.length === 0 || names.includes(VERIFICATION) ? await measureVerification(folder, available) : [];
  const replayed = names.length === 0 || names.includes(REPLAY) ? await measureReplay(folder) : [];
  const read = available && (names.length === 0 || names.includes(RING)) ? await measureRing(folder) : [];
  const compiled = names.length === 0 || names.includes(COMPILE) ? await measureCompilation(folder) : [];
  const table = [
    rows.length === 0 ? '' : render(rows),
    verified.length === 0 ? '' : renderVerified(verified),
    replayed.length === 0 ? '' : renderReplayed(replayed),
    read.length === 0 ? '' : renderRing(read),
    compiled.length === 0 ? '' : renderCompiled(compiled),
  ]
    .filter((part) => part !== '')
    .join('\n');
  process.stdout.write(table);
  const path = join(folder, 'RESULTS.md');
  if (update) writeFileSync(path, `${results(table)}${codeResults(path)}`);
  return 0;
}

async function measure(workload: Workload, folder: string, withKernel: boolean): Promise<Row> {
  const spec = parseObject(await compileObject(join(folder, 'programs', `${workload.name}.bpf.c`)));
  const engine = prepareEngine(spec, workload.packet);
  const kernel = withKernel ? prepareKernel(spec, workload.packet) : undefined;
  warmUp(engine);
  const times = repeats(() => engine.jit(20_000).nanoseconds);
  const kernelTimes = kernel === undefined ? 0 : repeats(() => kernel.run(10_000).nanoseconds);
  const slow = interpreterRuns(engine.interpreter(1).nanoseconds);
  const samples = { jit: [] as number[], interpreter: [] as number[], kernel: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    const jit = engine.jit(times);
    samples.jit.push(jit.nanoseconds);
    const other = [engine.interpreter(slow)];
    samples.interpreter.push(other[0]!.nanoseconds);
    if (kernel !== undefined) {
      const run = kernel.run(kernelTimes);
      samples.kernel.push(run.nanoseconds);
      other.push(run);
    }
    for (const { r0 } of other) {
      if (r0 !== jit.r0) throw new Error(`${workload.name}: compiled code gives ${jit.r0}, another ${r0}`);
    }
  }
  kernel?.close();
  return {
    workload,
    jit: best(samples.jit),
    interpreter: best(samples.interpreter),
    kernel: kernel === undefined ? undefined : best(samples.kernel),
  };
}

/** Runs until V8's optimising compiler, which works beside, has the program ready. */
function warmUp(engine: EngineSide): void {
  const end = performance.now() + WARM_UP_MILLISECONDS;
  while (performance.now() < end) engine.jit(2000);
}

function repeats(sample: () => number): number {
  return Math.min(20_000_000, Math.ceil(ROUND_NANOSECONDS / Math.max(1, sample())));
}

function interpreterRuns(nanoseconds: number): number {
  return Math.max(1, Math.min(1000, Math.floor(1e6 / nanoseconds)));
}

/** The least disturbed round: other programs on the machine only ever make a round slower. */
function best(values: readonly number[]): number {
  return Math.min(...values);
}

function render(rows: readonly Row[]): string {
  const cell = (value: number): string => (value < 100 ? value.toFixed(1) : value.toFixed(0));
  const lines = rows.map(({ workload, jit, interpreter, kernel }) => {
    const compared =
      kernel === undefined
        ? ['', '', '']
        : [cell(kernel), (jit / kernel).toFixed(2), jit / kernel <= workload.goal ? 'yes' : 'no'];
    return [workload.title, cell(jit), cell(interpreter), ...compared, `${workload.goal}`];
  });
  const logs = rows.flatMap(({ jit, kernel }) => (kernel === undefined ? [] : [Math.log(jit / kernel)]));
  const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  const head = ['ns per run', 'JIT', 'interpreter', 'kernel JIT', 'JIT/kernel', 'met', 'goal'];
  const summary = logs.length > 1 ? `\nGeometric mean of JIT ÷ kernel JIT: ${mean.toFixed(2)}\n` : '';
  return `${markdownTable([head, ...lines])}${summary}`;
}

function renderRing(rows: readonly RingRow[]): string {
  const lines = rows.map(({ title, recordsPerSecond, refusedPerMillion }) => [
    title,
    (recordsPerSecond / 1e6).toFixed(2),
    refusedPerMillion.toFixed(0),
  ]);
  const head = ['reading a ring buffer of Linux', 'M records/s', 'refused of a million'];
  return markdownTable([head, ...lines]);
}

function renderVerified(rows: readonly VerificationRow[]): string {
  const lines = rows.map(({ title, processed, ours, kernel }) => [
    title,
    String(processed),
    ours.toFixed(0),
    kernel === undefined ? '' : kernel.toFixed(0),
    kernel === undefined ? '' : (ours / kernel).toFixed(2),
  ]);
  return markdownTable([['ms per verification', 'processed', 'skep', 'kernel', 'skep/kernel'], ...lines]);
}

function renderReplayed(rows: readonly ReplayRow[]): string {
  const lines = rows.map(({ title, packetsPerSecond }) => [title, (packetsPerSecond / 1e6).toFixed(1)]);
  return markdownTable([['replay of a capture in memory', 'M packets/s'], ...lines]);
}

function renderCompiled(rows: readonly CompilationRow[]): string {
  const lines = rows.map(({ title, cold, warm, clang }) => [
    title,
    cold.wall.toFixed(0),
    cold.processor.toFixed(0),
    cold.megabytes.toFixed(0),
    warm.toFixed(0),
    clang === undefined ? '' : clang.wall.toFixed(0),
    clang === undefined ? '' : clang.processor.toFixed(0),
    clang === undefined ? '' : (cold.wall / clang.wall).toFixed(1),
  ]);
  const head = 'ms per compilation,cold,its CPU,its MB,warm,clang 19,its CPU,cold/clang'.split(',');
  return markdownTable([head, ...lines]);
}

function results(table: string): string {
  return `# Results of \`npm run bench\`

Written by \`npm run bench -- --update\`: the best of ${ROUNDS} rounds, the sides taking turns; the repetition is inside
wasm (\`run_repeat\`) and inside the kernel (\`BPF_PROG_TEST_RUN\`), which counts whole nanoseconds. Both loops cost
something: the first line says what. Verification is measured in processor time of the
thread, in the kernel as a whole \`BPF_PROG_LOAD\` without a log: three programs as large as those in production, then
programs of very many steps. Replay: half a million SYNs of 54 bytes from 250 sources, reading the capture and making
the frames included. Compilation: cold is a process of its own, warm the library called again in one process; the CPU
time is that of all threads, which a busy machine does not stretch as much.

- Machine: ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}
- Kernel: Linux ${release()}
- Node ${process.versions.node}, V8 ${process.versions.v8}

${table}`;
}
