import type { Rule } from './rule.js';

export const atomicTarget: Rule<{ readonly reg: number; readonly type: string; readonly op: string }> = {
  id: 'atomic-target',
  errno: 'EACCES',
  message: ({ reg, type, op }) => `${op} R${reg} ${type} is not allowed`,
  explanation: 'Atomics work on maps, the stack and memory of the program, not on the context or the packet.',
  hint: 'Work on a copy.',
  fails: { source: 'r2 = 1\nlock *(u32 *)(r1 + 48) += r2\nr0 = 0\nexit' },
  passes: { source: 'r2 = 1\n*(u64 *)(r10 - 8) = r2\nlock *(u64 *)(r10 - 8) += r2\nr0 = 0\nexit' },
};
