import type { Rule } from './rule.js';

export const legacyLoad: Rule<{ readonly text: string }> = {
  id: 'legacy-load',
  errno: 'EINVAL',
  message: ({ text }) => text,
  explanation: 'LD_ABS and LD_IND read from the packet of the skb in r6, in programs that have one.',
  hint: "Use bpf_skb_load_bytes, or keep r1's context in r6.",
  fails: { source: 'r6 = 0\nr0 = *(u8 *)skb[0]\nexit' },
  passes: { source: 'r6 = r1\nr0 = *(u8 *)skb[0]\nexit' },
};
