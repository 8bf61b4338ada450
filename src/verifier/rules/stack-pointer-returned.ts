import type { Rule } from './rule.js';

export const stackPointerReturned: Rule<Record<never, never>> = {
  id: 'stack-pointer-returned',
  errno: 'EINVAL',
  message: () => 'cannot return stack pointer to the caller',
  explanation: "The callee's frame is gone when it has returned.",
  hint: 'Let the caller own the memory and pass a pointer to it.',
  fails: { source: 'call +1\nexit\nr0 = r10\nexit' },
  passes: { source: 'call +1\nexit\nr0 = 0\nexit' },
};
