import type { Rule } from './rule.js';

export const callArguments: Rule<{ readonly text: string }> = {
  id: 'call-arguments',
  errno: 'EINVAL',
  message: ({ text }) => text,
  explanation:
    'A global function is checked on its own against its prototype, so callers must pass what it says.',
  hint: "Pass what the prototype names; make the function static if it needs to see its caller's values.",
  fails: { source: '.func f global int u64\ncall f\nr0 = 0\nexit\nf:\nr0 = 0\nexit' },
  passes: { source: '.func f global int u64\nr1 = 1\ncall f\nr0 = 0\nexit\nf:\nr0 = 0\nexit' },
};
