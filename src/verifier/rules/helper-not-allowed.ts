import type { Rule } from './rule.js';

export const helperNotAllowed: Rule<{
  readonly name: string;
  readonly id: number;
  /** It asks about a function that the program is attached to: this type (its number) is attached to none. */
  readonly functionless?: number | 'tracing';
  /** The type may, but not when its loader lacks this capability. */
  readonly needs?: 'perfmon' | 'bpf';
}> = {
  id: 'helper-not-allowed',
  errno: 'EINVAL',
  message: ({ name, id, functionless }) => {
    if (functionless === undefined) return `program of this type cannot use helper ${name}#${id}`;
    return functionless === 'tracing'
      ? `func ${name}#${id} supported only for fentry/fexit/fmod_ret programs`
      : `func ${name}#${id} not supported for program type ${functionless}`;
  },
  explanation:
    'Programs of this type, or for this attach type, may not call this helper; or who loads the program lacks CAP_BPF or CAP_PERFMON for it.',
  hint: 'Use another helper, or another program type.',
  fails: { source: 'r0 = 0\ncall bpf_xdp_adjust_head\nexit' },
  passes: { source: 'r1 = r1\ncall bpf_get_prandom_u32\nexit' },
};
