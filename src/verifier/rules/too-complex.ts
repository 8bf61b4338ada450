import type { Rule } from './rule.js';

export const tooComplex: Rule<{ readonly processed: number }> = {
  id: 'too-complex',
  errno: 'E2BIG',
  message: ({ processed }) => `BPF program is too large. Processed ${processed} insn`,
  explanation: 'The verifier follows every path; there were more than its budget of instructions.',
  hint: 'Make loops shorter, or bound them by bpf_loop; split the work by tail calls or global functions.',
  fails: { source: 'r0 = 0\nr0 += 1\nif r0 < 1000000 goto -2\nexit' },
  passes: { source: 'r0 = 0\nr0 += 1\nif r0 < 1000 goto -2\nexit' },
};
