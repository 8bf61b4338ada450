import type { Rule } from './rule.js';

export const helperStruct: Rule<
  | { readonly problem: 'written'; readonly name: string; readonly reg: number; readonly type: string }
  | { readonly problem: 'null'; readonly reg: number }
  | {
      readonly problem: 'other';
      /** What Linux notes when it looks for such a member. */
      readonly note: string;
      readonly reg: number;
      readonly has: string;
      readonly needs: string;
    }
  | { readonly problem: 'size'; readonly type: string }
> = {
  id: 'helper-struct',
  errno: 'EACCES',
  message: (facts) => {
    switch (facts.problem) {
      case 'written':
        return `${facts.name}() may write into memory pointed by R${facts.reg} type=${facts.type}`;
      case 'null':
        return `Possibly NULL pointer passed to helper arg${facts.reg}`;
      case 'other':
        return `${facts.note}R${facts.reg} is of type ${facts.has} but ${facts.needs} is expected`;
      case 'size':
        return `unable to resolve the size of type '${facts.type}': -22`;
    }
  },
  explanation:
    'The helper takes a pointer to one struct of the kernel, or to a struct that begins with it, and never null.',
  hint: 'Pass the struct that the helper names, or its first member; check for null first.',
  fails: {
    hook: 'tracing',
    attachType: 'trace_raw_tp',
    target: 'kfree_skb',
    source: 'r1 = *(u64 *)(r1 + 0)\ncall bpf_task_pt_regs\nr0 = 0\nexit',
  },
  passes: {
    hook: 'tracing',
    attachType: 'trace_raw_tp',
    target: 'sched_switch',
    source: 'r1 = *(u64 *)(r1 + 8)\ncall bpf_task_pt_regs\nr0 = 0\nexit',
  },
};
