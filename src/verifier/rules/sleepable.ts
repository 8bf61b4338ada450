import type { Rule } from './rule.js';

export const sleepable: Rule<
  | { readonly problem: 'helper' }
  | { readonly problem: 'kfunc'; readonly name: string }
  | { readonly problem: 'helper_in'; readonly name: string; readonly id: number; readonly region: Region }
  | { readonly problem: 'kfunc_in'; readonly name: string; readonly region: Region }
  | { readonly problem: 'global' }
> = {
  id: 'sleepable',
  errno: 'EACCES',
  message: (facts) => {
    switch (facts.problem) {
      case 'helper':
        return 'helper call might sleep in a non-sleepable prog';
      case 'kfunc':
        return `program must be sleepable to call sleepable kfunc ${facts.name}`;
      case 'helper_in':
        return `sleepable helper ${facts.name}#${facts.id} in ${REGION_WORDS[facts.region]} region`;
      case 'kfunc_in':
        return `kernel func ${facts.name} is sleepable within ${REGION_WORDS[facts.region]} region`;
      case 'global':
        return 'global functions that may sleep are not allowed in non-sleepable context,\ni.e., in a RCU/IRQ/preempt-disabled section, or in\na non-sleepable BPF program context';
    }
  },
  explanation:
    'What may put the task to sleep can be called only in programs that were loaded as sleepable, and not while they read under RCU, keep the CPU, or keep interrupts off.',
  hint: 'Make the program sleepable (`SEC("lsm.s/…")`, `SEC("iter.s/…")`), or end the section before the call.',
  fails: {
    hook: 'tracing',
    attachType: 'trace_raw_tp',
    target: 'sys_enter',
    source: 'r1 = r10\nr1 += -8\nr2 = 8\nr3 = 0\nr4 = 0\ncall bpf_copy_from_user_str\nr0 = 0\nexit',
  },
  passes: {
    hook: 'syscall',
    source: 'r1 = r10\nr1 += -8\nr2 = 8\nr3 = 0\nr4 = 0\ncall bpf_copy_from_user_str\nr0 = 0\nexit',
  },
};

/** Where a program holds sleeping off itself. */
export type Region = 'rcu' | 'preempt' | 'irq';

const REGION_WORDS: Readonly<Record<Region, string>> = {
  rcu: 'rcu_read_lock',
  preempt: 'non-preemptible',
  irq: 'IRQ-disabled',
};
