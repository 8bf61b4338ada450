import type { Rule } from './rule.js';

export const reservedFields: Rule<{ readonly what: string }> = {
  id: 'reserved-fields',
  errno: 'EINVAL',
  message: ({ what }) => `${what} uses reserved fields`,
  explanation: 'Fields that an instruction does not use must be zero.',
  hint: 'Set the unused fields to zero.',
  fails: { source: '.insn 0x0000000100000095' },
  passes: { source: 'r0 = 0\nexit' },
};
