import type { Rule } from './rule.js';

export const readOnly: Rule<{
  readonly text: string;
  readonly reg?: number;
  readonly changes?: boolean;
}> = {
  id: 'read-only',
  errno: 'EACCES',
  message: ({ text, reg, changes }) =>
    changes === true
      ? `write to change key R${reg} not allowed`
      : reg === undefined
        ? `cannot write into ${text}`
        : `R${reg} cannot write into ${text}`,
  explanation: 'This memory may be read only.',
  hint: 'Programs of this type cannot change it; copy it to the stack or a map.',
  fails: {
    hook: 'cgroup_skb',
    source:
      'r2 = *(u32 *)(r1 + 76)\nr3 = *(u32 *)(r1 + 80)\nr4 = r2\nr4 += 1\nif r4 > r3 goto +1\n*(u8 *)(r2 + 0) = 0\nr0 = 1\nexit',
  },
  passes: {
    hook: 'cgroup_skb',
    source:
      'r2 = *(u32 *)(r1 + 76)\nr3 = *(u32 *)(r1 + 80)\nr4 = r2\nr4 += 1\nif r4 > r3 goto +1\nr0 = *(u8 *)(r2 + 0)\nr0 = 1\nexit',
  },
};
