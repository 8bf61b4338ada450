import type { Rule } from './rule.js';

export const programSize: Rule<{ readonly length: number }> = {
  id: 'program-size',
  errno: 'E2BIG',
  message: ({ length }) => `a program has 1 to 1000000 instructions, this one has ${length}`,
  explanation: 'A program has at least one instruction and at most a million.',
  hint: 'Split the program by tail calls.',
  fails: { source: '' },
  passes: { source: 'r0 = 0\nexit' },
};
