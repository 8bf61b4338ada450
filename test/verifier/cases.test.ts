import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Capability } from '../../src/verifier/privileges.js';
import { verify } from '../../src/verifier/verify.js';
import { unprivilegedRefusal } from '../support/capabilities.js';
import { kernelRefusal } from '../support/kernel-verifier.js';
import {
  CASES_FOLDER,
  caseFiles,
  formatCases,
  LOADERS,
  type Loader,
  readCases,
  type VerifierCase,
} from '../support/verifier-cases.js';
import { assembleTest, testProgram } from '../support/verifier-program.js';
import { askKernel } from './fuzz/compare.js';
import { lastWords } from './last-words.js';

const refusal = kernelRefusal();
const suffix = refusal === undefined ? '' : ` (skipped: ${refusal})`;
const nobodyRefusal = refusal ?? unprivilegedRefusal();

/** The kernel's verdict for a loader; the label that there is where this kernel cannot be asked. */
function relabel(each: VerifierCase): VerifierCase {
  const insns = assembleTest(each.source);
  const ask = (capabilities?: readonly Capability[]) => {
    const answer = askKernel(insns, each.hook, { ...each, capabilities });
    return answer.ok ? '' : lastWords(answer.log);
  };
  const loaders = Object.entries(each.loaders ?? {}).map(([name, label]) => [
    name,
    name === 'nobody' && nobodyRefusal !== undefined ? label : ask(LOADERS[name as Loader]),
  ]);
  return {
    ...each,
    verdict: ask(),
    ...(loaders.length === 0 ? {} : { loaders: Object.fromEntries(loaders) }),
  };
}

describe.each(caseFiles())('%s', (file) => {
  const cases = readCases(file);
  // `vitest run test/verifier/cases.test.ts --update` labels the cases anew.
  test.skipIf(refusal !== undefined)(`the labels are what this kernel says${suffix}`, async () => {
    await expect(formatCases(cases.map(relabel))).toMatchFileSnapshot(join(CASES_FOLDER, `${file}.txt`));
  });

  test.each(cases)('$name', ({ source, hook, verdict, ...load }) => {
    const result = verify(testProgram(assembleTest(source), hook, load));
    expect(result.ok ? '' : result.rejection.message).toBe(verdict);
  });

  const others = cases.flatMap((each) =>
    Object.entries(each.loaders ?? {}).map(([loader, verdict]) => ({ ...each, loader, verdict })),
  );
  test.each(others)('$name, loaded by $loader', ({ source, hook, verdict, loader, ...load }) => {
    const privileges = { capabilities: LOADERS[loader as Loader] };
    const result = verify(testProgram(assembleTest(source), hook, load), { privileges });
    expect(result.ok ? '' : result.rejection.message).toBe(verdict);
  });
});

test.skipIf(nobodyRefusal !== undefined)(
  `this kernel lets nobody load programs, so those labels were asked for${nobodyRefusal === undefined ? '' : ` (skipped: ${nobodyRefusal})`}`,
  () => {
    expect(askKernel(assembleTest('r0 = 0\nexit'), 'socket_filter', { capabilities: [] }).ok).toBe(true);
  },
);
