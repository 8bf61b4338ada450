import type { Rule } from './rule.js';

export const helperNotAllowed: Rule<{ readonly name: string; readonly id: number }> = {
  id: 'helper-not-allowed',
  errno: 'EINVAL',
  message: ({ name, id }) => `program of this type cannot use helper ${name}#${id}`,
  explanation: 'Programs of this type may not call this helper.',
  hint: 'Use another helper, or another program type.',
  fails: { source: 'r0 = 0\ncall bpf_xdp_adjust_head\nexit' },
  passes: { source: 'r1 = r1\ncall bpf_get_prandom_u32\nexit' },
};
