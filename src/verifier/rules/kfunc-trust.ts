import type { Rule } from './rule.js';

export const kfuncTrust: Rule<
  | { readonly problem: 'null'; readonly arg: number }
  | { readonly problem: 'untrusted' | 'not_rcu'; readonly reg: number }
> = {
  id: 'kfunc-trust',
  errno: 'EINVAL',
  message: (facts) => {
    switch (facts.problem) {
      case 'null':
        return `Possibly NULL pointer passed to trusted arg${facts.arg}`;
      case 'untrusted':
        return `R${facts.reg} must be referenced or trusted`;
      case 'not_rcu':
        return `R${facts.reg} must be a rcu pointer`;
    }
  },
  explanation:
    'The kernel function follows the pointer without asking: it must be one that is certainly valid, because the program holds it, got it as its argument, or reads it in an RCU section.',
  hint: 'Check for null; take a reference with the acquire function, or stay inside bpf_rcu_read_lock() … bpf_rcu_read_unlock().',
  fails: {
    hook: 'syscall',
    source: 'r1 = 1\ncall bpf_task_from_pid\nr1 = r0\ncall bpf_task_release\nr0 = 0\nexit',
  },
  passes: {
    hook: 'syscall',
    source:
      'r1 = 1\ncall bpf_task_from_pid\nif r0 == 0 goto +2\nr1 = r0\ncall bpf_task_release\nr0 = 0\nexit',
  },
};
