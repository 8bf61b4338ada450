import type { Rule } from './rule.js';

export const abnormalReturn: Rule<{ readonly what: 'LD_ABS' | 'tail_call'; readonly btf: boolean }> = {
  id: 'abnormal-return',
  errno: 'EINVAL',
  message: ({ what, btf }) =>
    btf
      ? `${what} is only allowed in functions that return 'int'.`
      : `${what} is not allowed in subprogs without BTF`,
  explanation:
    'A legacy packet load or a tail call may leave the function at once with a number as its result, so it must return one.',
  hint: 'Let the function return int, and compile with -g.',
  fails: {
    source: '.func f static void ctx\ncall f\nr0 = 0\nexit\nf:\nr6 = r1\nr0 = *(u8 *)skb[0]\nexit',
  },
  passes: {
    source: '.func f static int ctx\ncall f\nr0 = 0\nexit\nf:\nr6 = r1\nr0 = *(u8 *)skb[0]\nexit',
  },
};
