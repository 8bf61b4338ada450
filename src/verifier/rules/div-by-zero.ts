import type { Rule } from './rule.js';

export const divByZero: Rule<Record<never, never>> = {
  id: 'div-by-zero',
  errno: 'EINVAL',
  message: () => 'div by zero',
  explanation: 'The divisor is the constant 0.',
  hint: 'Divide by something else.',
  fails: { source: 'r0 = 1\nr0 /= 0\nexit' },
  passes: { source: 'r0 = 1\nr0 /= 2\nexit' },
};
