import type { Rule } from './rule.js';

export const lastInsn: Rule<Record<never, never>> = {
  id: 'last-insn',
  errno: 'EINVAL',
  message: () => 'last insn is not an exit or jmp',
  explanation: 'Control would run past the end of the program or subprogram.',
  hint: 'End every subprogram with `exit` or a jump.',
  fails: { source: 'r0 = 0' },
  passes: { source: 'r0 = 0\nexit' },
};
