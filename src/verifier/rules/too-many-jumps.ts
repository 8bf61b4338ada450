import type { Rule } from './rule.js';

export const tooManyJumps: Rule<{ readonly jumps: number }> = {
  id: 'too-many-jumps',
  errno: 'E2BIG',
  message: ({ jumps }) => `The sequence of ${jumps} jumps is too complex.`,
  explanation: 'More than 8192 branches wait to be followed at once.',
  hint: 'Split the work by tail calls or global functions.',
  fails: {
    source:
      'r6 = 0\nr7 = 0\ncall bpf_get_prandom_u32\nif r0 == 7 goto +1\nr7 += r6\nr6 += 1\nif r6 < 100000 goto -5\nr0 = 0\nexit',
  },
  passes: {
    source:
      'r6 = 0\nr7 = 0\ncall bpf_get_prandom_u32\nif r0 == 7 goto +1\nr7 += r6\nr6 += 1\nif r6 < 100 goto -5\nr0 = 0\nexit',
  },
};
