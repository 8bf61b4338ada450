import { expect, test } from 'vitest';
import { assembleTest, testProgram } from '../../../test/support/verifier-program.js';
import { verify } from '../verify.js';
import { explain, renderExplanation } from './render.js';

test('a rejection is shown at its C line, with the reason and what to do', () => {
  const lines = [{ insn: 0, file: 'a.c', text: '  return 1 / 0;', line: 7, column: 12 }];
  const program = { ...testProgram(assembleTest('r0 = 1\nr0 /= 0\nexit')), lines };
  const result = verify(program);
  if (result.ok) throw new Error('accepted');
  expect(renderExplanation(explain(program, result.rejection))).toBe(
    [
      'a.c:7:12',
      '  return 1 / 0;',
      '           ^',
      'div by zero',
      '',
      'The divisor is the constant 0. [div-by-zero]',
      'To pass: Divide by something else.',
      '',
    ].join('\n'),
  );
});

test('without line information the instruction is shown', () => {
  const program = testProgram(assembleTest('r0 = r2\nexit'));
  const result = verify(program);
  if (result.ok) throw new Error('accepted');
  expect(renderExplanation(explain(program, result.rejection))).toContain('  0: r0 = r2\n  ^\nR2 !read_ok\n');
});
