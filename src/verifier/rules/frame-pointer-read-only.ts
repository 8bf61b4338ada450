import type { Rule } from './rule.js';

export const framePointerReadOnly: Rule<Record<never, never>> = {
  id: 'frame-pointer-read-only',
  errno: 'EACCES',
  message: () => 'frame pointer is read only',
  explanation: 'r10 always points to the end of the stack frame.',
  hint: 'Copy r10 to another register and change that.',
  fails: { source: 'r10 = 0\nr0 = 0\nexit' },
  passes: { source: 'r2 = r10\nr2 += -8\nr0 = 0\nexit' },
};
