import type { Rule } from './rule.js';

export const kfuncNotAllowed: Rule<
  | { readonly problem: 'not_allowed' | 'address' | 'metadata'; readonly name: string }
  | { readonly problem: 'license' | 'too_many' }
  | { readonly problem: 'not_function' | 'no_proto'; readonly id: number }
> = {
  id: 'kfunc-not-allowed',
  errno: 'EACCES',
  message: (facts) => {
    switch (facts.problem) {
      case 'not_allowed':
        return `calling kernel function ${facts.name} is not allowed`;
      case 'address':
        return `cannot find address for kernel function ${facts.name}`;
      case 'metadata':
        return 'metadata kfuncs require device-bound program';
      case 'license':
        return 'cannot call kernel function from non-GPL compatible program';
      case 'too_many':
        return 'too many different kernel function calls';
      case 'not_function':
        return `kernel btf_id ${facts.id} is not a function`;
      case 'no_proto':
        return `kernel function btf_id ${facts.id} does not have a valid func_proto`;
    }
  },
  explanation:
    'Only some functions of the kernel are open to programs, each to some program types, and only to programs under the GPL.',
  hint: 'Look at the types that may call the function, give the program a GPL-compatible licence, or use a helper.',
  fails: { source: 'r1 = 1\ncall bpf_task_from_pid\nr0 = 0\nexit' },
  passes: { source: 'call bpf_rcu_read_lock\ncall bpf_rcu_read_unlock\nr0 = 0\nexit' },
};
