import { expect, test } from 'vitest';
import { RULES } from '../../src/verifier/rules/registry.js';
import type { Rule } from '../../src/verifier/rules/rule.js';
import { verify } from '../../src/verifier/verify.js';
import { caseFiles, readCases } from '../support/verifier-cases.js';
import { assembleTest, testProgram } from '../support/verifier-program.js';

/** Why no case of test/cases/verifier can show a rule; its own examples do (test/verifier/rules.test.ts). */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'attach-type': 'Linux refuses such programs without a word',
  'helper-gpl': 'cases are all under the GPL',
  'program-size': 'a case has instructions',
  'too-many-subprograms': 'a case of 257 functions is none to be read',
};

interface Pairs {
  rejected: number;
  /** Accepted cases of the same files. */
  accepted: number;
}

/** How many cases each rule rejects, and how many neighbours are accepted. */
function pairsByRule(): ReadonlyMap<string, Pairs> {
  const pairs = new Map<string, Pairs>();
  for (const file of caseFiles()) {
    const cases = readCases(file);
    const accepted = cases.filter(({ verdict }) => verdict === '').length;
    const here = new Set<string>();
    for (const { source, hook, verdict, ...load } of cases) {
      if (verdict === '') continue;
      const result = verify(testProgram(assembleTest(source), hook, load));
      if (result.ok) continue;
      const { rule } = result.rejection;
      const found = pairs.get(rule) ?? { rejected: 0, accepted: 0 };
      found.rejected++;
      if (!here.has(rule)) found.accepted += accepted;
      here.add(rule);
      pairs.set(rule, found);
    }
  }
  return pairs;
}

test('each rule has a rejected case and an accepted neighbour in its file', () => {
  const pairs = pairsByRule();
  const rules: readonly Omit<Rule<never>, 'message'>[] = RULES;
  const missing = rules.flatMap(({ id, withoutExample, fails }) => {
    // Programs without all privileges have cases of their own.
    if (withoutExample !== undefined || 'capabilities' in fails || id in ELSEWHERE) return [];
    const { rejected, accepted } = pairs.get(id) ?? { rejected: 0, accepted: 0 };
    return rejected > 0 && accepted > 0 ? [] : [`${id}: ${rejected} rejected, ${accepted} accepted`];
  });
  expect(missing).toEqual([]);
  for (const id of Object.keys(ELSEWHERE)) expect(pairs.has(id), `${id} has cases now`).toBe(false);
});
