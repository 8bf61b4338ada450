import { btfArguments, btfRules } from './btf-args.js';
import type { Hook } from './hook.js';

/**
 * Programs on hooks of the Linux security modules. Not measured: kernels without the BPF security module refuse them.
 * What may be returned depends on the hook (most: 0 or a negative errno; hooks that answer yes or no: 0 or 1; hooks
 * without a result: anything). Source: Documentation/bpf/prog_lsm.rst.
 */
export const lsm: Hook = {
  id: 29,
  name: 'lsm',
  since: '5.7',
  doc: 'Runs where the kernel asks its security modules; 0 allows and a negative errno refuses. With lsm_cgroup, for the tasks of a cgroup only, and 1 allows.',
  sections: [
    { prefix: 'lsm', rest: 'optional', attachType: 'lsm_mac' },
    { prefix: 'lsm.s', rest: 'optional', attachType: 'lsm_mac', sleepable: true },
    { prefix: 'lsm_cgroup', rest: 'optional', attachType: 'lsm_cgroup' },
  ],
  ctx: btfArguments,
  ...btfRules,
  views: [
    { attachTypes: ['lsm_mac'], returns: { min: -4095, max: 0, low32: true } },
    { attachTypes: ['lsm_cgroup'], returns: { min: 0, max: 1 } },
  ],
  sleepable: 'may',
  attachTypes: ['lsm_mac', 'lsm_cgroup'],
};
