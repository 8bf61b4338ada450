import type { Rule } from './rule.js';

export const helperGpl: Rule<Record<never, never>> = {
  id: 'helper-gpl',
  errno: 'EINVAL',
  message: () => 'cannot call GPL-restricted function from non-GPL compatible program',
  explanation: 'The helper is for programs with a GPL-compatible licence.',
  hint: 'Declare a compatible licence: `char LICENSE[] SEC("license") = "GPL";` or `Dual MIT/GPL`.',
  fails: { source: 'r0 = 0\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
