import type { Rule } from './rule.js';

export const uninitialisedRegister: Rule<{ readonly reg: number }> = {
  id: 'uninitialised-register',
  errno: 'EACCES',
  message: ({ reg }) => `R${reg} !read_ok`,
  explanation:
    'The register holds nothing yet on this path, or a call has destroyed what it held (r1\u2013r5).',
  hint: 'Set the register on every path first; keep values across calls in r6\u2013r9.',
  fails: { source: 'r0 = r2\nexit' },
  passes: { source: 'r0 = r1\nr0 = 0\nexit' },
};
