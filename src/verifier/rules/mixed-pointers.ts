import type { Rule } from './rule.js';

export const mixedPointers: Rule<Record<never, never>> = {
  id: 'mixed-pointers',
  errno: 'EINVAL',
  message: () => 'same insn cannot be used with different pointers',
  explanation:
    'One instruction loads from different kinds of pointers on different paths; the kernel rewrites it for one kind only.',
  hint: 'Give each path its own load.',
  fails: { source: 'r0 = 0\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
