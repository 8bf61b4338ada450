import type { Rule } from './rule.js';

export const spill: Rule<{ readonly problem: 'size' | 'fill' | 'caller' | 'corrupt' }> = {
  id: 'spill',
  errno: 'EACCES',
  message: ({ problem }) => {
    switch (problem) {
      case 'size':
        return 'invalid size of register spill';
      case 'fill':
        return 'invalid size of register fill';
      case 'caller':
        return 'cannot spill pointers to stack into stack frame of the caller';
      case 'corrupt':
        return 'attempt to corrupt spilled pointer on stack';
    }
  },
  explanation: 'A pointer kept on the stack must stay whole, in 8 aligned bytes.',
  hint: 'Store pointers with 8-byte stores.',
  fails: { source: '*(u32 *)(r10 - 8) = r1\nr0 = 0\nexit' },
  passes: { source: '*(u64 *)(r10 - 8) = r1\nr0 = 0\nexit' },
};
