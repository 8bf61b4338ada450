import type { Rule } from './rule.js';

export const returnValue: Rule<{
  readonly exit: string;
  readonly reg: number;
  readonly smin?: bigint;
  readonly smax?: bigint;
  readonly unknown?: boolean;
  readonly min: number;
  readonly max: number;
}> = {
  id: 'return-value',
  errno: 'EINVAL',
  message: ({ exit, reg, smin, smax, min, max }) => {
    const has =
      smin === undefined && smax === undefined
        ? ' unknown scalar value'
        : `${smin === undefined ? '' : ` smin=${smin}`}${smax === undefined ? '' : ` smax=${smax}`}`;
    return `${exit} the register R${reg} has${has} should have been in [${min}, ${max}]`;
  },
  explanation: 'The hook gives a meaning to some return values only.',
  hint: 'Return one of the allowed values.',
  fails: { hook: 'cgroup_sock', source: 'r0 = 2\nexit' },
  passes: { hook: 'cgroup_sock', source: 'r0 = 1\nexit' },
};
