import type { Rule } from './rule.js';

export const constantString: Rule<{
  readonly problem: 'writable' | 'moving' | 'endless' | 'format';
  readonly reg: number;
}> = {
  id: 'constant-string',
  errno: 'EACCES',
  message: ({ problem, reg }) => {
    switch (problem) {
      case 'writable':
        return `R${reg} does not point to a readonly map'`;
      case 'moving':
        return `R${reg} is not a constant address'`;
      case 'endless':
        return 'string is not zero-terminated';
      case 'format':
        return 'Invalid format string';
      default:
        return problem satisfies never;
    }
  },
  explanation:
    'The helper reads this string already when the program is loaded, so that it must not change any more.',
  hint: 'Use a string literal or a `static const char` array: they are in .rodata, which is read-only and frozen.',
  withoutExample:
    'needs a frozen map; test/verifier/constant-string.test.ts has one program for each message, and their neighbours',
  fails: { source: 'r0 = 0\nexit\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
