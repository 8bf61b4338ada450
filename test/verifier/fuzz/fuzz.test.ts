import { expect, test } from 'vitest';
import { verify } from '../../../src/verifier/verify.js';
import { kernelRefusal } from '../../support/kernel-verifier.js';
import { assembleTest, testProgram } from '../../support/verifier-program.js';
import { compare } from './compare.js';
import { generateDense } from './dense.js';
import { generate, Random } from './generate.js';

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

test('mutated programs are answered, never crashed on', () => {
  const random = new Random(7);
  for (let seed = 1; seed < 200; seed++) {
    const { source, hook } = generate(seed);
    const insns = assembleTest(source).map((insn) => ({ ...insn }));
    for (let count = 0; count < 3; count++) {
      const insn = random.pick(insns);
      const change = random.below(4);
      if (change === 0) insn.opcode = random.below(256);
      else if (change === 1) insn.dst = random.below(16);
      else if (change === 2) insn.off = random.below(64) - 32;
      else insn.imm = random.next() | 0;
    }
    const result = verify(testProgram(insns, hook), { budget: 20_000 });
    expect(result.stats.processedInsns).toBeLessThanOrEqual(20_001);
  }
});
