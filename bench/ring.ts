import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileObject } from '../src/compiler/node/index.js';
import { type LoadedObject, load } from '../src/kernel/load.js';
import { LinuxKernel, type LinuxMap } from '../src/linux/index.js';
import { parseObject } from '../src/object/index.js';

/** One reader of a ring buffer that a program on another CPU fills as fast as it can. */
export interface RingRow {
  readonly title: string;
  readonly recordsPerSecond: number;
  /** Records that the program could not send, of a million. */
  readonly refusedPerMillion: number;
}

/** Of one round of one reader; the best round counts, as others on the machine only ever disturb. */
const SECONDS = 0.5;
const ROUNDS = 5;
/** Runs of one call: some milliseconds, as the kernel must not be away for long. */
const REPEAT = 100_000;

/** Reads with skep, and, where a C compiler and libbpf are, with libbpf, in turns. */
export async function measureRing(folder: string): Promise<readonly RingRow[]> {
  const kernel = LinuxKernel.open();
  const scratch = mkdtempSync(join(tmpdir(), 'skep-ring-'));
  try {
    const object = await load(parseObject(await compileObject(join(folder, 'programs/ring.bpf.c'))), kernel);
    const consumer = compiled(folder, scratch);
    const subjects = [
      { title: 'skep: batches', read: () => withSkep(kernel, object, 'batches') },
      { title: 'skep: views of records', read: () => withSkep(kernel, object, 'views') },
      ...(consumer === undefined ? [] : [{ title: 'libbpf in C', read: () => withLibbpf(consumer, object) }]),
    ];
    const best = new Map<string, RingRow>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const { title, read } of subjects) {
        const row = await measured(object, title, read);
        if (row.recordsPerSecond > (best.get(title)?.recordsPerSecond ?? 0)) best.set(title, row);
      }
    }
    return [...best.values()];
  } finally {
    rmSync(scratch, { recursive: true });
    await kernel.close();
  }
}

function compiled(folder: string, scratch: string): string | undefined {
  if (!existsSync('/usr/include/bpf/libbpf.h')) return undefined;
  const program = join(scratch, 'consumer');
  execFileSync('cc', ['-O2', join(folder, 'ring-consumer.c'), '-lbpf', '-o', program]);
  return program;
}

async function measured(object: LoadedObject, title: string, read: () => Promise<number>): Promise<RingRow> {
  const before = await refused(object);
  const stop = await producer(object);
  const records = await read();
  await stop();
  const lost = (await refused(object)) - before;
  return {
    title,
    recordsPerSecond: records / SECONDS,
    refusedPerMillion: (1e6 * lost) / (lost + records),
  };
}

async function refused(object: LoadedObject): Promise<number> {
  return Number(await object.map('refused').get(0));
}

async function withSkep(
  kernel: LinuxKernel,
  object: LoadedObject,
  how: 'batches' | 'views',
): Promise<number> {
  using reader = kernel.ringBuffer(object.map('events').raw as LinuxMap);
  let records = 0;
  let sum = 0;
  for (const end = performance.now() + SECONDS * 1000; performance.now() < end; ) {
    if (how === 'views') {
      records += reader.consume((record) => {
        sum += record[0] as number;
      });
    } else
      for (let batch = reader.readBatch(); batch !== undefined; batch = reader.readBatch()) {
        records += batch.count;
        for (let index = 0; index < batch.count; index++)
          sum += batch.bytes[batch.offsets[index] as number] as number;
        if (performance.now() > end) break;
      }
  }
  if (sum !== records) throw new Error('the records do not hold what was sent');
  return records;
}

function withLibbpf(program: string, object: LoadedObject): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [String(object.map('events').raw.id), String(SECONDS)]);
    let text = '';
    child.stdout.on('data', (chunk) => (text += String(chunk)));
    child.on('error', reject);
    child.on('close', () => resolve(Number(/^(\d+) /m.exec(text)?.[1] ?? Number.NaN)));
  });
}

/** A process that runs the program again and again. @returns how to end it. */
async function producer(object: LoadedObject): Promise<() => Promise<void>> {
  const script = `
    import { LinuxKernel } from ${JSON.stringify(distLinux())};
    const program = await LinuxKernel.open().programById(${object.program('produce').id});
    process.stdout.write('ready');
    for (;;) await program.run({ data: new Uint8Array(64), repeat: ${REPEAT} });`;
  const file = join(mkdtempSync(join(tmpdir(), 'skep-producer-')), 'producer.mjs');
  writeFileSync(file, script);
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return () =>
    new Promise((resolve) => {
      child.once('close', () => {
        rmSync(dirname(file), { recursive: true });
        resolve();
      });
      child.kill('SIGKILL');
    });
}

function distLinux(): string {
  return join(dirname(fileURLToPath(import.meta.url)), '../linux.js');
}
