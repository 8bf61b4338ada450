import type { Rule } from './rule.js';

export const callDepth: Rule<{ readonly frames: number; readonly onPaper?: boolean }> = {
  id: 'call-depth',
  errno: 'E2BIG',
  message: ({ frames, onPaper }) =>
    // Linux's words when no walk got so deep, but the calls as they are written do.
    `the call stack of ${frames} frames is too deep${onPaper === true ? ' !' : ''}`,
  explanation: 'Calls may nest eight frames deep, recursion included.',
  hint: 'Inline functions, or turn recursion into a loop.',
  fails: { source: 'call -1\nexit' },
  passes: { source: 'call +1\nexit\nr0 = 0\nexit' },
};
