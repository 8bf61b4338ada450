import type { Rule } from './rule.js';

export const invalidRegister: Rule<{ readonly reg: number }> = {
  id: 'invalid-register',
  errno: 'EINVAL',
  message: ({ reg }) => `R${reg} is invalid`,
  explanation: 'There are eleven registers, r0 to r10.',
  hint: 'Check what made these bytes.',
  fails: { source: '.insn 0x0000000000000bb7\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
