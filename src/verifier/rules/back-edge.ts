import type { Rule } from './rule.js';

export const backEdge: Rule<{ readonly from: number; readonly to: number }> = {
  id: 'back-edge',
  errno: 'EINVAL',
  message: ({ from, to }) => `back-edge from insn ${from} to ${to}`,
  explanation: 'Who lacks CAP_BPF may not load a program that jumps backwards, even where the loop ends.',
  hint: 'Unroll the loop (#pragma unroll), or load the program with CAP_BPF.',
  fails: { capabilities: [], source: 'r0 = 0\nr0 += 1\nif r0 < 4 goto -2\nexit' },
  passes: { capabilities: [], source: 'r0 = 0\nr0 += 1\nr0 += 1\nr0 += 1\nr0 += 1\nexit' },
};
