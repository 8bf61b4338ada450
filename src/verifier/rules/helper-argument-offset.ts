import type { Rule } from './rule.js';

export const helperArgumentOffset: Rule<{ readonly text: string }> = {
  id: 'helper-argument-offset',
  errno: 'EINVAL',
  message: ({ text }) => text,
  explanation: 'The helper needs this pointer as it was given, or at a constant offset.',
  hint: 'Pass the pointer unchanged.',
  fails: { source: 'r1 += 8\nr2 = 0\nr3 = r10\nr3 += -8\nr4 = 8\ncall bpf_skb_load_bytes\nexit' },
  passes: { source: 'r2 = 0\nr3 = r10\nr3 += -8\nr4 = 8\ncall bpf_skb_load_bytes\nexit' },
};
