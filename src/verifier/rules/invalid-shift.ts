import type { Rule } from './rule.js';

export const invalidShift: Rule<{ readonly shift: number }> = {
  id: 'invalid-shift',
  errno: 'EINVAL',
  message: ({ shift }) => `invalid shift ${shift}`,
  explanation: 'A shift by a constant must be smaller than the width.',
  hint: 'Shift by less, or in two steps.',
  fails: { source: 'r0 = 1\nr0 <<= 64\nexit' },
  passes: { source: 'r0 = 1\nr0 <<= 63\nexit' },
};
