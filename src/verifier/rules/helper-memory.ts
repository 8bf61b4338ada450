import type { Rule } from './rule.js';

export const helperMemory: Rule<{ readonly text: string }> = {
  id: 'helper-memory',
  errno: 'EACCES',
  message: ({ text }) => text,
  explanation: 'The helper may not be given this memory.',
  hint: 'Copy the data to the stack and pass that.',
  fails: { source: 'r0 = 0\nexit\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
