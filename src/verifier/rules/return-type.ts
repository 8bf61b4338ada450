import type { Rule } from './rule.js';

export const returnType: Rule<{
  readonly exit: string;
  readonly reg: number;
  readonly type: string;
  readonly subprogram?: boolean;
}> = {
  id: 'return-type',
  errno: 'EINVAL',
  message: ({ exit, reg, type, subprogram }) =>
    `${exit} the register R${reg} is not a ${subprogram ? 'scalar' : 'known'} value (${type})`,
  explanation: 'A program or global function must return a number here.',
  hint: 'Return a number.',
  fails: { hook: 'cgroup_sock', source: 'r0 = r1\nexit' },
  passes: { hook: 'cgroup_sock', source: 'r0 = 0\nexit' },
};
