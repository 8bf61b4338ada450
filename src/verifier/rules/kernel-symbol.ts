import type { Rule } from './rule.js';

export const kernelSymbol: Rule<{ readonly text: string }> = {
  id: 'kernel-symbol',
  errno: 'EINVAL',
  message: ({ text }) => text,
  explanation: "A typed `__ksym` is a variable or function that the kernel's BTF lists.",
  hint: 'Declare it as in the kernel, or `extern const void NAME __ksym` when only its address matters.',
  fails: {
    hook: 'tracing',
    attachType: 'trace_raw_tp',
    target: 'sys_enter',
    source: 'r1 = btf_id[1]\nr0 = 0\nexit',
  },
  passes: {
    hook: 'tracing',
    attachType: 'trace_raw_tp',
    target: 'sys_enter',
    source: 'r1 = schedule ll\nr0 = 0\nexit',
  },
};
