import type { Rule } from './rule.js';

export const invalidRegister: Rule<{ readonly reg: number }> = {
  id: 'invalid-register',
  errno: 'EINVAL',
  message: ({ reg }) => `R${reg} is invalid`,
  explanation: 'There are eleven registers, r0 to r10.',
  hint: 'Check what made these bytes.',
  fails: { source: '.insn 0xb7, 11, 0, 0, 0\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
