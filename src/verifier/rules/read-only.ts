import type { Rule } from './rule.js';

export const readOnly: Rule<{
  readonly text: string;
  readonly reg?: number;
  readonly changes?: boolean;
}> = {
  id: 'read-only',
  errno: 'EACCES',
  message: ({ text, reg, changes }) =>
    changes === true
      ? `write to change key R${reg} not allowed`
      : reg === undefined
        ? `cannot write into ${text}`
        : `R${reg} cannot write into ${text}`,
  explanation: 'This memory may be read only.',
  hint: 'Programs of this type cannot change it; copy it to the stack or a map.',
  fails: { source: 'r1 = map[hash]\nr0 = 0\n*(u32 *)(r1 + 0) = r0\nexit' },
  passes: { source: 'r1 = map[readonly][0]\nr0 = *(u32 *)(r1 + 0)\nexit' },
};
