import type { Rule } from './rule.js';

export const mapKey: Rule<{ readonly what: string }> = {
  id: 'map-key',
  errno: 'EACCES',
  message: ({ what }) => `invalid map_ptr to access map->${what}`,
  explanation: 'A key or value argument comes before the map that says how large it is.',
  hint: 'Pass the map.',
  withoutExample:
    'every helper that takes a key or a value takes the map before it, so that no program comes here; Linux has the same check',
  fails: { source: 'r0 = 0\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
