import type { Rule } from './rule.js';

export const referenceLeak: Rule<{
  readonly what: string;
  readonly lock: boolean;
  readonly held: readonly { readonly id: number; readonly insn: number }[];
}> = {
  id: 'reference-leak',
  errno: 'EINVAL',
  message: ({ what, lock, held }) =>
    lock
      ? `${what} cannot be used inside bpf_spin_lock-ed region`
      : [
          ...held.map(({ id, insn }) => `Unreleased reference id=${id} alloc_insn=${insn}`),
          `${what} would lead to reference leak`,
        ].join('\n'),
  explanation:
    'What a helper has acquired for the program (a socket, a ring buffer record, a lock) must be given back on every path.',
  hint: 'Release it before this instruction, on this path too: look at where the path left the one that releases.',
  fails: {
    hook: 'sched_cls',
    source: 'r2 = r10\nr2 += -16\nr3 = 12\nr4 = 0\nr5 = 0\ncall bpf_sk_lookup_tcp\nr0 = 0\nexit',
  },
  passes: {
    hook: 'sched_cls',
    source:
      'r2 = r10\nr2 += -16\nr3 = 12\nr4 = 0\nr5 = 0\ncall bpf_sk_lookup_tcp\nif r0 == 0 goto +2\nr1 = r0\ncall bpf_sk_release\nr0 = 0\nexit',
  },
};
