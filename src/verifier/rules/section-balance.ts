import type { Rule } from './rule.js';

export const sectionBalance: Rule<
  | { readonly problem: 'nested_rcu' | 'unmatched_rcu' | 'unmatched_preempt'; readonly name: string }
  | { readonly problem: 'needs_rcu'; readonly name: string }
  | { readonly problem: 'open'; readonly what: string; readonly section: string }
  | { readonly problem: 'irq'; readonly text: string }
> = {
  id: 'section-balance',
  errno: 'EINVAL',
  message: (facts) => {
    switch (facts.problem) {
      case 'nested_rcu':
        return `nested rcu read lock (kernel function ${facts.name})`;
      case 'unmatched_rcu':
        return `unmatched rcu read unlock (kernel function ${facts.name})`;
      case 'unmatched_preempt':
        return `unmatched attempt to enable preemption (kernel function ${facts.name})`;
      case 'needs_rcu':
        return `kernel func ${facts.name} requires RCU critical section protection`;
      case 'open':
        return `${facts.what} cannot be used inside ${facts.section}-ed region`;
      case 'irq':
        return facts.text;
    }
  },
  explanation:
    'A read section, or a stretch without preemption or interrupts, begins and ends in the same program, on every path, in the right order.',
  hint: 'End the section on this path too, and end only what was begun.',
  fails: { source: 'call bpf_rcu_read_lock\nr0 = 0\nexit' },
  passes: { source: 'call bpf_rcu_read_lock\ncall bpf_rcu_read_unlock\nr0 = 0\nexit' },
};
