import type { Rule } from './rule.js';

export const specialField: Rule<{ readonly name: string }> = {
  id: 'special-field',
  errno: 'EACCES',
  message: ({ name }) => `${name} cannot be accessed directly by load/store`,
  explanation:
    'Locks, timers and the like in a map value belong to the kernel: programs use them through helpers, never by loads and stores.',
  hint: 'Access the other members one by one; a copy of the whole struct touches the lock too.',
  withoutExample:
    'map values with timers, locks or pointers need types, which the examples have not; the rule is tested with objects',
  fails: { source: 'r0 = 0\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
