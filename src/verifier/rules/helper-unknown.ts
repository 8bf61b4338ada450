import type { Rule } from './rule.js';

export const helperUnknown: Rule<{ readonly name: string; readonly id: number }> = {
  id: 'helper-unknown',
  errno: 'EINVAL',
  message: ({ name, id }) => `invalid func ${name}#${id}`,
  explanation: 'There is no helper of this number.',
  hint: 'Check the number; a newer kernel may be meant.',
  fails: { source: 'call 9999\nexit' },
  passes: { source: 'call bpf_ktime_get_ns\nexit' },
};
