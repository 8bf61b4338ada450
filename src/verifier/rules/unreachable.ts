import type { Rule } from './rule.js';

export const unreachable: Rule<{ readonly insn: number }> = {
  id: 'unreachable',
  errno: 'EINVAL',
  message: ({ insn }) => `unreachable insn ${insn}`,
  explanation: 'No path leads to this instruction; compilers never emit that.',
  hint: 'Remove the instruction or jump to it.',
  fails: { source: 'goto +1\nr0 = 1\nr0 = 0\nexit' },
  passes: { source: 'if r1 == 0 goto +1\nr0 = 1\nr0 = 0\nexit' },
};
