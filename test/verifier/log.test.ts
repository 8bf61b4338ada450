import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { BpfFd } from '../../src/linux/bpf.js';
import { type VerifierProgram, verify } from '../../src/verifier/verify.js';
import { verifierPrograms } from '../support/explain-object.js';
import { kernelLog, normaliseLog } from '../support/kernel-log.js';
import { kernelRefusal } from '../support/kernel-verifier.js';
import { assembleTest, makeKernelMaps, testProgram } from '../support/verifier-program.js';
import { generate } from './fuzz/generate.js';

const ROOT = join(import.meta.dirname, '../..');
const FOLDERS = ['test/cases/explain', 'test/cases/objects', 'examples/tcp_syn_tracer', 'bench/programs'];
/**
 * Logs of 60 MB and more, of which the kernel keeps the end; callbacks among many subprograms; programs of kernel
 * functions, which Linux takes only with the id of what they attach to, and here refuses.
 */
const LEFT_OUT = new Set(['subprograms.o', 'too_complex.o', 'core.o', 'kernel_symbols.o']);
const objects = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.o') && !LEFT_OUT.has(file))
    .map((file) => join(folder, file)),
);
/** Random programs compared, by seed. */
const SEEDS = 120;
const LEVELS = [1, 2, 4, 7] as const;

const refusal = kernelRefusal();
const suffix = refusal === undefined ? '' : ` (skipped: ${refusal})`;

/** Linux's notes on its own work: docs/verifier-parity.md. */
function withoutInternals(log: string): string[] {
  return normaliseLog(log)
    .split('\n')
    .filter((line) => !/^\(.*\) (frame \d+ insn|live stack update)|^verifier bug: REG INVARIANTS/.test(line));
}

/** @returns why there is nothing to compare, undefined when both logs are equal. */
function compareLogs(program: VerifierProgram, level: number, maps?: BpfFd[]): string | undefined {
  const result = verify(program, { logLevel: level });
  if (!result.ok && result.rejection.rule === 'unsupported') return result.rejection.message;
  const ours = normaliseLog(result.log).split('\n');
  expect(ours).toEqual(withoutInternals(kernelLog(program, level, maps).log));
  return undefined;
}

describe.each(LEVELS)('at level %i', (level) => {
  test.skipIf(refusal !== undefined).each(objects)(`the log of %s is Linux's${suffix}`, async (file) => {
    for (const program of await verifierPrograms(readFileSync(join(ROOT, file)))) compareLogs(program, level);
  });
});

describe("the log of a random program is Linux's, line by line", () => {
  let maps: BpfFd[] | undefined;
  afterAll(() => {
    for (const map of maps ?? []) map.close();
  });

  test.skipIf(refusal !== undefined).each(Array.from({ length: SEEDS }, (_, seed) => seed))(
    `seed %i${suffix}`,
    (seed) => {
      const { source, hook } = generate(seed);
      const program = testProgram(assembleTest(source), hook);
      maps ??= makeKernelMaps();
      compareLogs(program, 7, maps);
    },
  );
});
