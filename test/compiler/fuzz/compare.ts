import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileBitcode } from '../../../src/compiler/back-end.js';
import type { BpfCpu } from '../../../src/compiler/front/front.js';
import { clangInThisThread } from '../../../src/compiler/front/in-thread.js';
import { readClangFile } from '../../../src/compiler/front/node/files.js';
import { Engine, load, parseObject } from '../../../src/index.js';
import { randomC } from './random-c.js';

const clang = clangInThisThread(
  readClangFile(createRequire(join(process.cwd(), 'package.json')).resolve('@yowasp/clang')),
);

/** Instructions that the verifier processes at most. */
const BUDGET = 1_000_000;

export interface Comparison {
  readonly outcome:
    | 'same'
    | 'different'
    | 'skep failed'
    | 'clang failed'
    | 'only clang loads'
    /** LLVM 22, the bundled front end, left other IR than clang 19: from that one's IR ours loads, and is the same. */
    | 'same from the IR of clang 19'
    /** clang's own code takes over a third of the verifier's budget: which side of it is a matter of luck. */
    | 'near the budget'
    | 'neither loads';
  readonly source: string;
  readonly detail: string;
  readonly slots?: { readonly skep: number; readonly clang: number };
}

/** Compiles a random program with skep and with clang, runs both on the same packets, and compares what came out. */
export async function compareC(seed: number, cpu: BpfCpu = 'v3'): Promise<Comparison> {
  const source = randomC(seed);
  let theirs: Uint8Array;
  try {
    theirs = clangOutput(source, cpu);
  } catch (error) {
    return { outcome: 'clang failed', source, detail: String(error).slice(0, 500) };
  }
  let ours: Uint8Array;
  try {
    ours = await skepObject(source, cpu);
  } catch (error) {
    return { outcome: 'skep failed', source, detail: (error as Error).stack ?? String(error) };
  }
  const expected = await results(theirs, seed);
  const found = await results(ours, seed);
  const slots = { skep: slotsOf(ours), clang: slotsOf(theirs) };
  if (!expected.loaded) return { outcome: 'neither loads', source, detail: expected.text, slots };
  if (!found.loaded) {
    const again = await results(compileBitcode(clangOutput(source, cpu, '-emit-llvm'), { cpu }), seed);
    if (again.loaded && again.text === expected.text) {
      return { outcome: 'same from the IR of clang 19', source, detail: found.text, slots };
    }
    const isNear = expected.processed > BUDGET / 3 && found.text.includes('too large');
    const outcome = isNear ? 'near the budget' : 'only clang loads';
    return { outcome, source, detail: found.text, slots };
  }
  const outcome = expected.text === found.text ? 'same' : 'different';
  return { outcome, source, detail: `clang: ${expected.text}\nskep:  ${found.text}`, slots };
}

async function skepObject(source: string, cpu: BpfCpu): Promise<Uint8Array> {
  const files = { 'main.c': new TextEncoder().encode(source) };
  const { bitcode, text } = await clang.compile({ source: 'main.c', files, cpu, flags: ['-fwrapv', '-w'] });
  if (bitcode === undefined) throw new Error(text);
  return compileBitcode(bitcode, { cpu });
}

function clangOutput(source: string, cpu: BpfCpu, ...flags: string[]): Uint8Array {
  const args = `-target bpf -O2 -g -mcpu=${cpu} -fwrapv -w -fno-jump-tables -x c -c - -o -`.split(' ');
  return execFileSync('clang-19', [...args, ...flags], {
    input: source,
    stdio: ['pipe', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
  });
}

function slotsOf(object: Uint8Array): number {
  const spec = parseObject(object);
  return spec.programs.reduce((sum, { insns }) => sum + insns.length, 0);
}

async function results(
  object: Uint8Array,
  seed: number,
): Promise<{ readonly loaded: boolean; readonly text: string; readonly processed: number }> {
  const engine = await Engine.create();
  try {
    const loaded = await load(parseObject(object), engine);
    const answers: string[] = [];
    for (let round = 0; round < 6; round++) {
      const data = Uint8Array.from(
        { length: 64 },
        (_, at) => (Math.imul(seed + round * 77 + at, 2654435761) >>> 13) & (round === 0 ? 0 : 255),
      );
      const { returnValue } = await loaded.program('prog').run({ data });
      const bss = await loaded.map('.bss').raw.lookup(new Uint8Array(4));
      answers.push(`${returnValue}/${bss?.join('.')}`);
    }
    const { verified } = await loaded.program('prog').info();
    return { loaded: true, text: answers.join(' '), processed: verified?.processedInsns ?? 0 };
  } catch (error) {
    return { loaded: false, text: String(error), processed: 0 };
  } finally {
    await engine.close();
  }
}
