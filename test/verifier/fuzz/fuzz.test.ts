import { expect, test } from 'vitest';
import { verify } from '../../../src/verifier/verify.js';
import { kernelRefusal } from '../../support/kernel-verifier.js';
import { testProgram } from '../../support/verifier-program.js';
import { type Comparison, compare } from './compare.js';
import { generateDense } from './dense.js';
import { generate } from './generate.js';
import { mutated } from './mutate.js';
import { programOf } from './programs.js';
import { asCase, shrink } from './shrink.js';

const refusal = kernelRefusal();

test.skipIf(refusal !== undefined)(
  `random programs get the kernel's verdict and words ${refusal ?? ''}`,
  () => {
    const differing: number[] = [];
    for (let seed = 500_000; seed < 500_400; seed++) {
      const { outcome } = compare(seed, generate(seed, true));
      if (!['same', 'invalid', 'kernel_bug'].includes(outcome)) differing.push(seed);
    }
    expect(differing).toEqual([]);
  },
);

test.skipIf(refusal !== undefined)(
  `larger programs get the kernel's decision after as many instructions ${refusal ?? ''}`,
  () => {
    const differing: number[] = [];
    for (let seed = 1; seed < 160; seed += 2) {
      const { outcome, oursProcessed, kernelProcessed } = compare(seed, generateDense(seed));
      const isDecided = outcome === 'same' || outcome === 'message';
      if (
        outcome === 'unsound' ||
        outcome === 'false_reject' ||
        (isDecided && oursProcessed !== kernelProcessed)
      )
        differing.push(seed);
    }
    expect(differing).toEqual([]);
  },
);

test.skipIf(refusal !== undefined)(
  `rich programs get the kernel's verdict and words ${refusal ?? ''}`,
  () => {
    const differing: number[] = [];
    for (let seed = 900_001; seed < 900_301; seed += 2) {
      const { outcome } = compare(seed);
      if (!['same', 'kernel_bug'].includes(outcome)) differing.push(seed);
    }
    expect(differing).toEqual([]);
  },
);

test('mutated programs are answered, never crashed on', () => {
  for (let seed = 1; seed < 240; seed++) {
    const program = programOf(seed);
    const result = verify(testProgram(mutated(program, seed), program.hook, program), { budget: 20_000 });
    expect(result.stats.processedInsns).toBeLessThanOrEqual(20_001);
  }
});

test.skipIf(refusal !== undefined)(`a difference is made as small as it can be ${refusal ?? ''}`, () => {
  const program = programOf(900_002);
  const found: Comparison = { ...compare(900_002, program), outcome: 'same' };
  const small = shrink(found, (candidate) => ({
    ...found,
    program: candidate,
    outcome: /r6 = r1[\s\S]*exit/.test(candidate.source) ? 'same' : 'invalid',
  }));
  expect(small.program.source.split('\n').map((line) => line.trim())).toEqual(['r6 = r1', 'exit']);
  expect(asCase({ ...small, kernel: '' })).toBe(
    `## found by seed 900002\nhook: ${program.hook}\n    r6 = r1\n    exit\n=> accepted\n`,
  );
});
