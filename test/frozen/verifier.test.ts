import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { verify } from '../../src/verifier/verify.js';
import { kernelRefusal } from '../support/kernel-verifier.js';
import { formatCases, readCases } from '../support/verifier-cases.js';
import { assembleTest, testProgram } from '../support/verifier-program.js';
import { askKernel } from '../verifier/fuzz/compare.js';
import { lastWords } from '../verifier/last-words.js';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'verifier');
const refusal = kernelRefusal();
const suffix = refusal === undefined ? '' : ` (skipped: ${refusal})`;
const cases = readCases('published', FOLDER);

describe('patterns of published verifier bugs', () => {
  // `vitest run test/frozen/verifier.test.ts --update` labels the cases anew.
  test.skipIf(refusal !== undefined)(`the labels are what this kernel says${suffix}`, async () => {
    const labelled = cases.map((each) => {
      const answer = askKernel(assembleTest(each.source), each.hook);
      return { ...each, verdict: answer.ok ? '' : lastWords(answer.log) };
    });
    await expect(formatCases(labelled)).toMatchFileSnapshot(join(FOLDER, 'published.txt'));
  });

  test.each(cases)('$name', ({ source, hook, verdict }) => {
    const result = verify(testProgram(assembleTest(source), hook));
    expect(result.ok ? '' : result.rejection.message).toBe(verdict);
  });

  test('each bad program stands before a good one', () => {
    cases.forEach(({ name, verdict }, index) => {
      expect(`${name}: ${verdict === '' ? 'accepted' : 'rejected'}`).toBe(
        `${name}: ${index % 2 === 0 ? 'rejected' : 'accepted'}`,
      );
    });
  });
});
