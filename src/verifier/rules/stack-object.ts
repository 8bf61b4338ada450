import type { Rule } from './rule.js';

const RESERVE = 'r1 = map[ring]\nr2 = 8\nr3 = 0\nr4 = r10\nr4 += -16\ncall bpf_ringbuf_reserve_dynptr';
const DISCARD = 'r1 = r10\nr1 += -16\nr2 = 0\ncall bpf_ringbuf_discard_dynptr\nr0 = 0\nexit';

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
  | { readonly problem: 'helper_write'; readonly off: number }
  | { readonly problem: 'overwrite' };

export const stackObject: Rule<Facts> = {
  id: 'stack-object',
  errno: 'EACCES',
  message: (facts) => {
    switch (facts.problem) {
      case 'read':
        return `invalid read from stack off ${facts.off}+${facts.at} size ${facts.size}`;
      case 'helper_read': {
        const { reg, from, at, size } = facts;
        return `invalid read from stack R${reg} ${typeof from === 'number' ? 'off' : 'var_off'} ${from}+${at} size ${size}`;
      }
      case 'helper_write':
        return `potential write to dynptr at off=${facts.off} disallowed`;
      case 'overwrite':
        return 'cannot overwrite referenced dynptr';
    }
  },
  explanation:
    'A dynptr or iterator on the stack is the kernel’s: programs do not read its bytes, and do not overwrite one that holds a reference.',
  hint: 'Use the functions for it; keep other data at other places of the stack.',
  fails: { hook: 'sched_cls', source: `${RESERVE}\n*(u64 *)(r10 - 8) = 0\n${DISCARD}` },
  passes: { hook: 'sched_cls', source: `${RESERVE}\n*(u64 *)(r10 - 24) = 0\n${DISCARD}` },
};
