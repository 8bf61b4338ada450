import type { Rule } from './rule.js';

export const tooManySubprograms: Rule<Record<never, never>> = {
  id: 'too-many-subprograms',
  errno: 'E2BIG',
  message: () => 'too many subprograms',
  explanation: 'Linux allows 256 subprograms.',
  hint: 'Let the compiler inline the small ones.',
  fails: { source: 'call -1\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
