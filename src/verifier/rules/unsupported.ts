import type { Rule } from './rule.js';

export const unsupported: Rule<{ readonly what: string }> = {
  id: 'unsupported',
  errno: 'ENOTSUPP',
  message: ({ what }) => `${what}: not supported by skep's verifier yet`,
  explanation: "Linux may accept this; skep's verifier does not know it yet and therefore says no.",
  hint: 'Run the program on a real kernel, or do without this.',
  withoutExample:
    'what is not supported changes with each version; a program that comes here may be accepted by Linux',
  fails: { source: 'r0 = 0\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
