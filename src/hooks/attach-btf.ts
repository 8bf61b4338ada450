import { findByName } from '../btf/index.js';
import type { Btf, BtfTypeId } from '../btf/types.js';

/** By attach type, what a program is attached to in the kernel's BTF: libbpf's names. */
const TARGETS: Readonly<Record<string, { readonly prefix: string; readonly kind: 'func' | 'typedef' }>> = {
  trace_raw_tp: { prefix: 'btf_trace_', kind: 'typedef' },
  trace_iter: { prefix: 'bpf_iter_', kind: 'func' },
  lsm_mac: { prefix: 'bpf_lsm_', kind: 'func' },
  lsm_cgroup: { prefix: 'bpf_lsm_', kind: 'func' },
  trace_fentry: { prefix: '', kind: 'func' },
  trace_fexit: { prefix: '', kind: 'func' },
  modify_return: { prefix: '', kind: 'func' },
};

/**
 * The BTF id of what a program is for: a tracepoint, a kernel function, a security hook, a kind of iterator.
 *
 * @param target as sections name it: `sched_switch`, `tcp_v4_connect`, `file_open`, `task`.
 * @returns undefined when the kernel has no such thing, or programs of this attach type are for none.
 */
export function attachBtfId(btf: Btf, attachType: string | undefined, target: string): BtfTypeId | undefined {
  const rule = TARGETS[attachType ?? ''];
  return rule === undefined ? undefined : findByName(btf, `${rule.prefix}${target}`, rule.kind);
}
