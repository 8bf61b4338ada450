import type { Rule } from './rule.js';

export const helperGpl: Rule<Record<never, never>> = {
  id: 'helper-gpl',
  errno: 'EINVAL',
  message: () => 'cannot call GPL-restricted function from non-GPL compatible program',
  explanation: 'The helper is for programs with a GPL-compatible licence.',
  hint: 'Declare a compatible licence: `char LICENSE[] SEC("license") = "GPL";` or `Dual MIT/GPL`.',
  fails: {
    hook: 'tracepoint',
    license: 'Proprietary',
    source: 'r1 = r10\nr1 += -8\nr2 = 8\nr3 = 0\ncall bpf_probe_read_kernel\nr0 = 0\nexit',
  },
  passes: {
    hook: 'tracepoint',
    license: 'GPL',
    source: 'r1 = r10\nr1 += -8\nr2 = 8\nr3 = 0\ncall bpf_probe_read_kernel\nr0 = 0\nexit',
  },
};
