import type { Rule } from './rule.js';

export const helperSize: Rule<{
  readonly kind: 'scalar' | 'negative' | 'zero' | 'unbounded' | 'constant' | 'flags';
  readonly reg: number;
  readonly max?: bigint;
  readonly type?: string;
}> = {
  id: 'helper-size',
  errno: 'EACCES',
  message: ({ kind, reg, max }) => {
    switch (kind) {
      case 'scalar':
        return `R${reg} is not a scalar`;
      case 'negative':
        return `R${reg} min value is negative, either use unsigned or 'var &= const'`;
      case 'zero':
        return `R${reg} invalid zero-sized read: u64=[0,${max}]`;
      case 'unbounded':
        return `R${reg} unbounded memory access, use 'var &= const' or 'if (var < const)'`;
      case 'constant':
        return `R${reg} is not a known constant'`;
      case 'flags':
        return "get_local_storage() doesn't support non-zero flags";
    }
  },
  explanation: 'The size argument must be bounded, not negative and, for most helpers, not zero.',
  hint: 'Bound it on both sides before the call: `if (n > sizeof(buf)) return 0;` with an unsigned type, and check for zero.',
  fails: {
    source: 'r4 = *(u32 *)(r1 + 0)\nr2 = 0\nr3 = r10\nr3 += -8\ncall bpf_skb_load_bytes\nr0 = 0\nexit',
  },
  passes: {
    source:
      'r4 = *(u32 *)(r1 + 0)\nif r4 > 8 goto +5\nif r4 == 0 goto +4\nr2 = 0\nr3 = r10\nr3 += -8\ncall bpf_skb_load_bytes\nr0 = 0\nexit',
  },
};
