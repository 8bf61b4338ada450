import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RULES } from '../../src/verifier/rules/registry.js';
import type { Rule, RuleExample } from '../../src/verifier/rules/rule.js';
import { verify } from '../../src/verifier/verify.js';
import { assembleTest, loaderOf, testProgram } from '../support/verifier-program.js';

const FOLDER = join(import.meta.dirname, '../../src/verifier/rules');
const rules: readonly Omit<Rule<never>, 'message'>[] = RULES;
/** Some rules cannot be shown by any program; their files say why. */
const shown = rules.filter(({ withoutExample }) => withoutExample === undefined);

function verifyExample({ source, hook, ...load }: RuleExample) {
  return verify(testProgram(assembleTest(source), hook, load), loaderOf(load));
}

describe('each rule', () => {
  test.each(shown)('$id refuses its failing example', ({ id, fails }) => {
    const result = verifyExample(fails);
    expect(result.ok ? 'accepted' : result.rejection.rule).toBe(id);
  });

  test.each(shown)('$id lets its passing example through', ({ passes }) => {
    const result = verifyExample(passes);
    expect(result.ok ? '' : result.rejection.message).toBe('');
  });

  test('is in the registry under the name of its file', () => {
    const files = readdirSync(FOLDER).map((file) => file.slice(0, -3));
    expect(RULES.map(({ id }) => id).sort()).toEqual(
      files.filter((name) => name !== 'rule' && name !== 'registry').sort(),
    );
  });
});
