import type { Rule } from './rule.js';

export const helperMemory: Rule<{ readonly text: string }> = {
  id: 'helper-memory',
  errno: 'EACCES',
  message: ({ text }) => text,
  explanation: 'The helper may not be given this memory.',
  hint: 'Copy the data to the stack and pass that.',
  withoutExample:
    'programs whose hook shows no packet have no pointer into one, and the size of what a helper is given is checked before; Linux has the same checks',
  fails: { source: 'r0 = 0\nexit\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
