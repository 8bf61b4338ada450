import type { Rule } from './rule.js';

export const release: Rule<
  | { readonly problem: 'unreferenced' | 'offset'; readonly reg: number }
  | { readonly problem: 'not_acquired' | 'kfunc_not_acquired'; readonly name: string; readonly id: number }
> = {
  id: 'release',
  errno: 'EINVAL',
  message: (facts) => {
    switch (facts.problem) {
      case 'unreferenced':
        return `R${facts.reg} must be referenced when passed to release function`;
      case 'offset':
        return `R${facts.reg} must have zero offset when passed to release func or trusted arg to kfunc`;
      case 'not_acquired':
        return `func ${facts.name}#${facts.id} reference has not been acquired before`;
      case 'kfunc_not_acquired':
        return `kfunc ${facts.name}#${facts.id} reference has not been acquired before`;
    }
  },
  explanation: 'Only what was acquired, and the very pointer that was got, can be released, and only once.',
  hint: 'Pass the pointer that the acquiring helper returned, unmoved, and release it once on each path.',
  fails: {
    hook: 'sched_cls',
    source:
      'r2 = r10\nr2 += -16\nr3 = 12\nr4 = 0\nr5 = 0\ncall bpf_sk_lookup_tcp\nif r0 == 0 goto +4\nr1 = r0\ncall bpf_get_listener_sock\nif r0 == 0 goto +1\nr1 = r0\ncall bpf_sk_release\nr0 = 0\nexit',
  },
  passes: {
    hook: 'sched_cls',
    source:
      'r2 = r10\nr2 += -16\nr3 = 12\nr4 = 0\nr5 = 0\ncall bpf_sk_lookup_tcp\nif r0 == 0 goto +2\nr1 = r0\ncall bpf_sk_release\nr0 = 0\nexit',
  },
};
