import type { Rule } from './rule.js';

export const stackUninitialised: Rule<{
  readonly reg?: number;
  readonly off: number;
  readonly varOff?: string;
  readonly index: number;
  readonly size: number;
}> = {
  id: 'stack-uninitialised',
  errno: 'EACCES',
  message: ({ reg, off, varOff, index, size }) => {
    const register = reg === undefined ? '' : ` R${reg}`;
    if (varOff !== undefined)
      return `invalid read from stack${register} var_off ${varOff}+${index} size ${size}`;
    return `invalid read from stack${register} off ${off}+${index} size ${size}`;
  },
  explanation:
    'Some of these bytes of the stack were never written on this path; padding of a struct counts.',
  hint: 'Set the whole variable first, padding included: `= {}` does not always do it, `__builtin_memset` does.',
  fails: { source: 'r0 = *(u64 *)(r10 - 8)\nexit' },
  passes: { source: 'r0 = 1\n*(u64 *)(r10 - 8) = r0\nr0 = *(u64 *)(r10 - 8)\nexit' },
};
