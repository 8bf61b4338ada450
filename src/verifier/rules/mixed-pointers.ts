import type { Rule } from './rule.js';

export const mixedPointers: Rule<Record<never, never>> = {
  id: 'mixed-pointers',
  errno: 'EINVAL',
  message: () => 'same insn cannot be used with different pointers',
  explanation:
    'One instruction loads from different kinds of pointers on different paths; the kernel rewrites it for one kind only.',
  hint: 'Give each path its own load.',
  fails: {
    source:
      'r0 = *(u32 *)(r1 + 0)\nr2 = r10\nr2 += -8\n*(u64 *)(r10 - 8) = r0\nif r0 == 0 goto +1\nr2 = r1\nr0 = *(u32 *)(r2 + 0)\nr0 = 0\nexit',
  },
  passes: {
    source:
      'r0 = *(u32 *)(r1 + 0)\n*(u64 *)(r10 - 8) = r0\nif r0 == 0 goto +2\nr0 = *(u32 *)(r1 + 0)\ngoto +1\nr0 = *(u32 *)(r10 - 8)\nr0 = 0\nexit',
  },
};
