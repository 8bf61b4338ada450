import { describe, expect, test } from 'vitest';
import { RULES } from '../../src/verifier/rules/registry.js';
import { verify } from '../../src/verifier/verify.js';
import { assembleTest, testProgram } from '../support/verifier-program.js';

/** Rules whose example cannot be a test program: they need a licence, BTF, a size or a hook that these have not. */
const WITHOUT_EXAMPLE = new Set([
  'helper-gpl',
  'helper-memory',
  'map-key',
  'return-value',
  'return-type',
  'call-arguments',
  'too-complex',
  'too-many-jumps',
  'too-many-subprograms',
  'mixed-pointers',
  'tail-call',
  'unsupported',
  'program-size',
  'read-only',
  'special-field',
]);

const shown = RULES.filter(({ id }) => !WITHOUT_EXAMPLE.has(id));

describe('each rule', () => {
  test.each(shown)('$id refuses its failing example', ({ id, fails }) => {
    const result = verify(testProgram(assembleTest(fails.source), fails.hook, 'GPL', fails.attachType));
    expect(result.ok ? 'accepted' : result.rejection.rule).toBe(id);
  });

  test.each(shown)('$id lets its passing example through', ({ passes }) => {
    const result = verify(testProgram(assembleTest(passes.source), passes.hook, 'GPL', passes.attachType));
    expect(result.ok ? '' : result.rejection.message).toBe('');
  });

  test('has an id of its own', () => {
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
  });
});
