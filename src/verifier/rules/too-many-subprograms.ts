import type { Rule } from './rule.js';

/** A program that calls so many functions. */
function callsOf(count: number): string {
  const calls = Array.from({ length: count }, (_, index) => `call +${count + index}`);
  return [...calls, 'exit', ...calls.map(() => 'r0 = 0\nexit')].join('\n');
}

export const tooManySubprograms: Rule<Record<never, never>> = {
  id: 'too-many-subprograms',
  errno: 'E2BIG',
  message: () => 'too many subprograms',
  explanation: 'Linux allows 256 subprograms.',
  hint: 'Let the compiler inline the small ones.',
  fails: { source: callsOf(256) },
  passes: { source: callsOf(3) },
};
