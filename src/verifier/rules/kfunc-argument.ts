import type { Rule } from './rule.js';

export const kfuncArgument: Rule<{ readonly text: string }> = {
  id: 'kfunc-argument',
  errno: 'EINVAL',
  message: ({ text }) => text,
  explanation:
    "A kernel function takes what its prototype in the kernel's BTF says: numbers, pointers to the named struct, or memory of the size that follows.",
  hint: "Look at the function's prototype: `skep btf dump` or vmlinux.h has it, and the ends of argument names (`__sz`, `__k`, `__nullable`) tell the rest.",
  fails: { source: 'r1 = r10\nr1 += -8\nr2 = 0\nr3 = r10\ncall bpf_iter_num_new\nr0 = 0\nexit' },
  passes: {
    source:
      'r1 = r10\nr1 += -8\nr2 = 0\nr3 = 10\ncall bpf_iter_num_new\nr1 = r10\nr1 += -8\ncall bpf_iter_num_destroy\nr0 = 0\nexit',
  },
};
