import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { verify } from '../../src/verifier/verify.js';
import { kernelRefusal } from '../support/kernel-verifier.js';
import { CASES_FOLDER, caseFiles, formatCases, readCases } from '../support/verifier-cases.js';
import { assembleTest, testProgram } from '../support/verifier-program.js';
import { askKernel } from './fuzz/compare.js';
import { lastWords } from './last-words.js';

const refusal = kernelRefusal();
const suffix = refusal === undefined ? '' : ` (skipped: ${refusal})`;

describe.each(caseFiles())('%s', (file) => {
  // `vitest run test/verifier/cases.test.ts --update` labels the cases anew.
  test.skipIf(refusal !== undefined)(`the labels are what this kernel says${suffix}`, async () => {
    const labelled = readCases(file).map((each) => {
      const answer = askKernel(assembleTest(each.source), each.hook, each);
      return { ...each, verdict: answer.ok ? '' : lastWords(answer.log) };
    });
    await expect(formatCases(labelled)).toMatchFileSnapshot(join(CASES_FOLDER, `${file}.txt`));
  });

  test.each(readCases(file))('$name', ({ source, hook, verdict, ...load }) => {
    const result = verify(testProgram(assembleTest(source), hook, load));
    expect(result.ok ? '' : result.rejection.message).toBe(verdict);
  });
});
