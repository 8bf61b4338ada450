import type { Rule } from './rule.js';

export const atomicOpcode: Rule<{ readonly text: string }> = {
  id: 'atomic-opcode',
  errno: 'EINVAL',
  message: ({ text }) => text,
  explanation: 'There is no such atomic operation.',
  hint: 'Use add, or, and, xor, xchg or cmpxchg of 4 or 8 bytes.',
  fails: { source: '.insn 0x00000099fff81adb\nr0 = 0\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
