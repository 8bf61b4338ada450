import type { Rule } from './rule.js';

export const callDestination: Rule<{ readonly target: number }> = {
  id: 'call-destination',
  errno: 'EINVAL',
  message: () => 'call to invalid destination',
  explanation: 'A local call leads outside of the program.',
  hint: "Correct the call's offset.",
  fails: { source: 'call +7\nexit' },
  passes: { source: 'call +1\nexit\nr0 = 0\nexit' },
};
