import type { Rule } from './rule.js';

export const attachType: Rule<{ readonly type: string; readonly attachType?: string }> = {
  id: 'attach-type',
  errno: 'EINVAL',
  message: ({ type, attachType: wanted }) =>
    wanted === undefined
      ? `a program of type ${type} says at load what it will be attached to`
      : `a program of type ${type} cannot be loaded for ${wanted}`,
  explanation:
    'The expected attach type decides what the context holds and what may be returned. Linux refuses others with EINVAL and says nothing.',
  hint: 'Name the section after the attach point, or give the expected attach type.',
  fails: { hook: 'sk_lookup', attachType: 'cgroup_inet_egress', source: 'r0 = 1\nexit' },
  passes: { hook: 'sk_lookup', attachType: 'sk_lookup', source: 'r0 = 1\nexit' },
};
