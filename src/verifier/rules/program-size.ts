import type { Rule } from './rule.js';

export const programSize: Rule<{ readonly length: number; readonly most: number }> = {
  id: 'program-size',
  errno: 'E2BIG',
  message: ({ length, most }) => `a program has 1 to ${most} instructions, this one has ${length}`,
  explanation:
    'A program has at least one instruction and at most a million, or 4096 when who loads it lacks CAP_BPF.',
  hint: 'Split the program by tail calls.',
  fails: { source: '' },
  passes: { source: 'r0 = 0\nexit' },
};
