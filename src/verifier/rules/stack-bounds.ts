import type { Rule } from './rule.js';

export const stackBounds: Rule<{
  readonly access: ' read from' | ' write to' | ' indirect access to' | '';
  readonly reg: number;
  readonly off?: number;
  readonly size: number;
  readonly varOff?: string;
  readonly unbounded?: boolean;
}> = {
  id: 'stack-bounds',
  errno: 'EACCES',
  message: ({ access, reg, off, size, varOff, unbounded }) => {
    if (unbounded) return `invalid unbounded variable-offset${access} stack R${reg}`;
    if (varOff === undefined) return `invalid${access} stack R${reg} off=${off} size=${size}`;
    return `invalid variable-offset${access} stack R${reg} var_off=${varOff} off=${off} size=${size}`;
  },
  explanation: 'The stack frame is 512 bytes, from r10-512 to r10-1.',
  hint: 'Correct the offset; large data belongs into a map (per-CPU array of one entry).',
  fails: { source: 'r0 = 0\n*(u64 *)(r10 + 0) = r0\nexit' },
  passes: { source: 'r0 = 0\n*(u64 *)(r10 - 8) = r0\nexit' },
};
