import type { Rule } from './rule.js';

type Facts =
  | { readonly problem: 'read'; readonly off: number; readonly at: number; readonly size: number }
  | {
      readonly problem: 'helper_read';
      readonly reg: number;
      /** The lowest offset, or the bits of a variable one. */
      readonly from: number | string;
      readonly at: number;
      readonly size: number;
    }
  | { readonly problem: 'over_pointer'; readonly insn: number; readonly off: number };

export const unwrittenStack: Rule<Facts> = {
  id: 'unwritten-stack',
  errno: 'EACCES',
  message: (facts) => {
    switch (facts.problem) {
      case 'read':
        return `invalid read from stack off ${facts.off}+${facts.at} size ${facts.size}`;
      case 'helper_read': {
        const { reg, from, at, size } = facts;
        return `invalid read from stack R${reg} ${typeof from === 'number' ? 'off' : 'var_off'} ${from}+${at} size ${size}`;
      }
      case 'over_pointer':
        return `spilled ptr in range of var-offset stack write; insn ${facts.insn}, ptr off: ${facts.off}`;
    }
  },
  explanation:
    'What the stack held before the program ran, and the pointers that it keeps there, are not shown to who lacks CAP_PERFMON.',
  hint: 'Write all bytes before they are read, or handed to a helper: give the variable a value, and clear structs with padding by memset.',
  fails: { capabilities: ['bpf'], source: '*(u32 *)(r10 - 8) = 7\nr0 = *(u64 *)(r10 - 8)\nexit' },
  passes: { capabilities: ['bpf'], source: '*(u64 *)(r10 - 8) = 7\nr0 = *(u64 *)(r10 - 8)\nexit' },
};
