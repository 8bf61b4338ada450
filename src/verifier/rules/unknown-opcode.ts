import type { Rule } from './rule.js';

export const unknownOpcode: Rule<{ readonly opcode: number }> = {
  id: 'unknown-opcode',
  errno: 'EINVAL',
  message: ({ opcode }) => `unknown opcode ${opcode.toString(16).padStart(2, '0')}`,
  explanation: 'The instruction set has no such instruction.',
  hint: 'Check what made these bytes; a newer instruction set may be meant.',
  fails: { source: '.insn 0x00000000000000ff\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
