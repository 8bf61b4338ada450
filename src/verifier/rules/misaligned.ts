import type { Rule } from './rule.js';

export const misaligned: Rule<{ readonly what: string; readonly place: string; readonly size: number }> = {
  id: 'misaligned',
  errno: 'EACCES',
  message: ({ what, place, size }) => `misaligned ${what}access off ${place} size ${size}`,
  explanation: 'Accesses of the stack and the context must be aligned to their size.',
  hint: 'Align the offset, or read bytes.',
  fails: { source: 'r0 = 0\n*(u32 *)(r10 - 6) = r0\nexit' },
  passes: { source: 'r0 = 0\n*(u32 *)(r10 - 8) = r0\nexit' },
};
