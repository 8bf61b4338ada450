import { btfArguments, btfRules } from './btf-args.js';
import type { Hook } from './hook.js';

/**
 * Programs that are members of a table of kernel functions. Not measured: arguments, results and more depend on the
 * member, which BTF names. Source: Documentation/bpf/bpf_struct_ops and libbpf.
 */
export const structOps: Hook = {
  id: 27,
  name: 'struct_ops',
  since: '5.6',
  doc: 'Implements a member of a struct of kernel callbacks, such as a TCP congestion control (tcp_congestion_ops) or a scheduler (sched_ext_ops).',
  sections: [
    { prefix: 'struct_ops', rest: 'optional' },
    { prefix: 'struct_ops.s', rest: 'optional', sleepable: true },
  ],
  ctx: btfArguments,
  ...btfRules,
  views: [{}],
  sleepable: 'may',
  attachTypes: ['struct_ops'],
};
