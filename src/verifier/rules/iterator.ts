import type { Rule } from './rule.js';

export const iterator: Rule<{ readonly text: string }> = {
  id: 'iterator',
  errno: 'EINVAL',
  message: ({ text }) => text,
  explanation:
    'An open-coded iterator is a struct on the stack that one function makes, one advances, and one destroys; nothing else touches it in between.',
  hint: 'Make it once, use the same variable in all three calls, and destroy it on every path: `bpf_for` and `bpf_for_each` do.',
  fails: { source: 'r1 = r10\nr1 += -8\ncall bpf_iter_num_next\nr0 = 0\nexit' },
  passes: {
    source:
      'r1 = r10\nr1 += -8\nr2 = 0\nr3 = 10\ncall bpf_iter_num_new\nr1 = r10\nr1 += -8\ncall bpf_iter_num_next\nr1 = r10\nr1 += -8\ncall bpf_iter_num_destroy\nr0 = 0\nexit',
  },
};
