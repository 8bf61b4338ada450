import { expect, test } from 'vitest';
import { assembleTest, testProgram } from '../../../test/support/verifier-program.js';
import { verify } from '../verify.js';
import { explain } from './explain.js';
import { renderExplanation } from './render.js';

test('without line information the instruction stands for the C line', () => {
  const program = testProgram(assembleTest('r6 = r1\ncall bpf_get_prandom_u32\nr0 = r1\nexit'));
  const result = verify(program);
  if (result.ok) throw new Error('accepted');
  expect(renderExplanation(explain(program, result.rejection))).toBe(
    [
      'insn 2: rejected: R1 !read_ok [uninitialised-register]',
      ' | 2: r0 = r1',
      ' | ^',
      'The register holds nothing yet on this path, or a call has destroyed what it held (r1–r5).',
      '',
      'r1 held nothing: it was never set, or a call has cleared it  ?',
      '',
      'Where r1 got it:',
      '    1: call bpf_get_prandom_u32#7',
      '        r1 cleared by the call of bpf_get_prandom_u32: r1 to r5 do not survive a call: nothing: it was never set, or a call has cleared it',
      '',
      'What went wrong: instruction 1: r1 was cleared by the call of bpf_get_prandom_u32: r1 to r5 do not survive a call',
      '',
      'To pass: keep the value in r6 to r9 or on the stack across the call',
      'See docs/rules/uninitialised-register.md',
      '',
    ].join('\n'),
  );
});

test('colours are for terminals only, and colour nothing but words', () => {
  const program = testProgram(assembleTest('r0 = r2\nexit'));
  const result = verify(program);
  if (result.ok) throw new Error('accepted');
  const explanation = explain(program, result.rejection);
  const coloured = renderExplanation(explanation, { colour: true });
  expect(coloured).toContain('\u001b[1;31mrejected:\u001b[0m');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is taken out
  expect(coloured.replace(/\u001b\[[\d;]*m/g, '')).toBe(renderExplanation(explanation));
});
