import type { Rule } from './rule.js';

export const tailCall: Rule<{ readonly text: string }> = {
  id: 'tail-call',
  errno: 'EINVAL',
  message: ({ text }) => text,
  explanation: 'Tail calls replace the running program, so they do not mix with everything.',
  hint: 'Tail-call from the main program, or reduce the stack.',
  fails: { source: 'r2 = map[hash]\nr3 = 0\ncall bpf_tail_call\nr0 = 0\nexit' },
  passes: { source: 'r2 = map[progs]\nr3 = 0\ncall bpf_tail_call\nr0 = 0\nexit' },
};
