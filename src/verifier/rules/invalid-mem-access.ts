import type { Rule } from './rule.js';

export const invalidMemAccess: Rule<{ readonly reg: number; readonly type: string }> = {
  id: 'invalid-mem-access',
  errno: 'EACCES',
  message: ({ reg, type }) => `R${reg} invalid mem access '${type}'`,
  explanation: 'The register holds no pointer that may be followed: a number, or a pointer that may be null.',
  hint: 'Check the pointer for null first; keep it a pointer (no arithmetic that turns it into a number).',
  fails: { source: 'r2 = 0\nr0 = *(u32 *)(r2 + 0)\nexit' },
  passes: { source: 'r0 = *(u32 *)(r1 + 0)\nexit' },
};
