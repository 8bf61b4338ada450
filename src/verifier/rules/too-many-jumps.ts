import type { Rule } from './rule.js';

export const tooManyJumps: Rule<{ readonly jumps: number }> = {
  id: 'too-many-jumps',
  errno: 'E2BIG',
  message: ({ jumps }) => `The sequence of ${jumps} jumps is too complex.`,
  explanation: 'More than 8192 branches wait to be followed at once.',
  hint: 'Split the work by tail calls or global functions.',
  fails: { source: 'r0 = 0\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
