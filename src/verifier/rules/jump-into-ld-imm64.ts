import type { Rule } from './rule.js';

export const jumpIntoLdImm64: Rule<{ readonly insn: number }> = {
  id: 'jump-into-ld-imm64',
  errno: 'EINVAL',
  message: ({ insn }) => `jump into the middle of ldimm64 insn ${insn}`,
  explanation: 'A 64-bit immediate takes two slots; the second is no instruction.',
  hint: 'Jump before or after it.',
  fails: { source: 'r0 = 0\nif r0 == 0 goto +1\nr2 = 0x1122334455667788 ll\nexit' },
  passes: { source: 'r0 = 0\nif r0 == 0 goto +2\nr2 = 0x1122334455667788 ll\nexit' },
};
