import type { Rule } from './rule.js';

export const specialField: Rule<{ readonly name: string }> = {
  id: 'special-field',
  errno: 'EACCES',
  message: ({ name }) => `${name} cannot be accessed directly by load/store`,
  explanation:
    'Locks, timers and the like in a map value belong to the kernel: programs use them through helpers, never by loads and stores.',
  hint: 'Access the other members one by one; a copy of the whole struct touches the lock too.',
  withoutExample:
    'only map values whose types are known have such fields, and the maps of the examples have no types',
  fails: { source: 'r0 = 0\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
