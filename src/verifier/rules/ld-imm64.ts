import type { Rule } from './rule.js';

export const ldImm64: Rule<{ readonly recognised: boolean }> = {
  id: 'ld-imm64',
  errno: 'EINVAL',
  message: ({ recognised }) => (recognised ? 'invalid bpf_ld_imm64 insn' : 'unrecognized bpf_ld_imm64 insn'),
  explanation: 'A 64-bit immediate load is malformed.',
  hint: 'Both slots must be there, the second with opcode 0, and the source field must name a known kind.',
  fails: { source: '.insn 0x0000000000009118\n.insn 0x0000000000000000\nr0 = 0\nexit' },
  passes: { source: 'r1 = 5 ll\nr0 = 0\nexit' },
};
