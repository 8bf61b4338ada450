import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BpfCpu } from '../../../src/compiler/front/front.js';
import { parseObject } from '../../../src/index.js';
import { LinuxKernel } from '../../../src/linux/index.js';
import { kernelRefusal } from '../../support/kernel-verifier.js';
import { installed } from '../llvm.js';
import { runOnKernel } from './compare-objects.js';
import { CASES, objectBySkep, objectsByClang } from './compile-both.js';
import { LibbpfLoader, onOneCpu } from './libbpf-loader.js';
import { typesText } from './types-text.js';

/**
 * Each program of test/cases/compiler by skep and by clang 19: libbpf loads both objects into the running kernel, which
 * must give the same answers, packets and maps, with the same types, for code that is about as long and as quick to verify.
 */
const missing = ['clang-19', 'bpftool'].filter((program) => !installed(program));
const reason = missing.length > 0 ? `${missing.join(' and ')} missing` : kernelRefusal();
const names = readdirSync(CASES)
  .filter((name) => name.endsWith('.c') && !name.endsWith('.bpf.c'))
  .map((name) => name.slice(0, -'.c'.length));

/** The end of a case's name says the cpu, when it is not v3. */
function cpuOf(name: string): BpfCpu {
  return (/_(v[124])$/.exec(name)?.[1] ?? 'v3') as BpfCpu;
}

/** Most that one program may be longer. */
const LARGEST = 1.25;

interface Sizes {
  readonly name: string;
  readonly slots: number;
  readonly processed: number;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

describe.skipIf(reason !== undefined)(
  `compiled by skep and by clang 19${reason ? ` (${reason})` : ''}`,
  () => {
    const sizes: Sizes[] = [];
    const objectByClang = objectsByClang(names, cpuOf);
    let loader: LibbpfLoader;
    let kernel: LinuxKernel;
    let release: () => void;

    beforeAll(async () => {
      loader = await LibbpfLoader.start();
      kernel = LinuxKernel.open();
      release = onOneCpu();
    });
    afterAll(async () => {
      release();
      await kernel.close();
      await loader.close();
    });

    it.each(names)('%s', async (name) => {
      const clang = objectByClang(name);
      const bySkep = await objectBySkep(name, cpuOf(name));
      const byClang = await clang;
      expect(typesText(parseObject(bySkep))).toEqual(typesText(parseObject(byClang)));
      const theirs = await runOnKernel(byClang, loader, kernel);
      const ours = await runOnKernel(bySkep, loader, kernel);
      expect(theirs.refused, 'clang compiles the case to what the kernel takes').toBeUndefined();
      expect(ours.refused).toBeUndefined();
      expect(theirs.results.filter((line) => line.startsWith('run ')).length).toBeGreaterThanOrEqual(4);
      expect(ours.results).toEqual(theirs.results);
      sizes.push({
        name,
        slots: ours.slots / theirs.slots,
        processed: ours.processed / theirs.processed,
      });
    });

    it('is as short as clang’s code', () => {
      expect(sizes).toHaveLength(names.length);
      expect(geometricMean(sizes.map(({ slots }) => slots))).toBeLessThan(1.05);
      expect(sizes.filter(({ slots }) => slots > LARGEST)).toEqual([]);
    });

    it('is as quick to verify as clang’s code', () => {
      expect(geometricMean(sizes.map(({ processed }) => processed))).toBeLessThan(1.1);
    });
  },
);
