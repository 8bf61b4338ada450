import type { Rule } from './rule.js';

export const jumpRange: Rule<{ readonly from: number; readonly to: number }> = {
  id: 'jump-range',
  errno: 'EINVAL',
  message: ({ from, to }) => `jump out of range from insn ${from} to ${to}`,
  explanation: 'A jump may only lead to an instruction of the same subprogram.',
  hint: "Correct the jump's offset; code of another subprogram is reached by a call.",
  fails: { source: 'r0 = 0\ngoto +5\nexit' },
  passes: { source: 'r0 = 0\ngoto +0\nexit' },
};
