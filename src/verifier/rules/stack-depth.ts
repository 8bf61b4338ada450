import type { Rule } from './rule.js';

export const stackDepth: Rule<{ readonly frames: number; readonly depth: number }> = {
  id: 'stack-depth',
  errno: 'EACCES',
  message: ({ frames, depth }) => `combined stack size of ${frames} calls is ${depth}. Too large`,
  explanation: 'All frames of a chain of calls share 512 bytes of stack.',
  hint: 'Move large variables into a per-CPU array map, or inline less.',
  fails: { source: 'r0 = 0\n*(u64 *)(r10 - 512) = r0\ncall +1\nexit\nr0 = 0\n*(u64 *)(r10 - 8) = r0\nexit' },
  passes: {
    source: 'r0 = 0\n*(u64 *)(r10 - 256) = r0\ncall +1\nexit\nr0 = 0\n*(u64 *)(r10 - 256) = r0\nexit',
  },
};
