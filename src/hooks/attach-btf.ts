import { findByName } from '../btf/index.js';
import type { Btf, BtfTypeId } from '../btf/types.js';

/** What a program is attached to: the word for it, and how its name is spelled in the kernel's BTF (libbpf's names). */
export interface BtfTarget {
  readonly what: string;
  readonly prefix: string;
  readonly kind: 'func' | 'typedef';
}

const TARGETS: Readonly<Record<string, BtfTarget>> = {
  trace_raw_tp: { what: 'tracepoint', prefix: 'btf_trace_', kind: 'typedef' },
  trace_iter: { what: 'iterator', prefix: 'bpf_iter_', kind: 'func' },
  lsm_mac: { what: 'LSM hook', prefix: 'bpf_lsm_', kind: 'func' },
  lsm_cgroup: { what: 'LSM hook', prefix: 'bpf_lsm_', kind: 'func' },
  trace_fentry: { what: 'function', prefix: '', kind: 'func' },
  trace_fexit: { what: 'function', prefix: '', kind: 'func' },
  modify_return: { what: 'function', prefix: '', kind: 'func' },
};

/** By attach type; undefined for those that need nothing of the kernel's BTF. */
export function btfTarget(attachType: string | undefined): BtfTarget | undefined {
  return TARGETS[attachType ?? ''];
}

/**
 * The BTF id of what a program is for: a tracepoint, a kernel function, a security hook, a kind of iterator.
 *
 * @param target as sections name it: `sched_switch`, `tcp_v4_connect`, `file_open`, `task`.
 * @returns undefined when the kernel has no such thing, or programs of this attach type are for none.
 */
export function attachBtfId(btf: Btf, attachType: string | undefined, target: string): BtfTypeId | undefined {
  const rule = btfTarget(attachType);
  return rule === undefined ? undefined : findByName(btf, `${rule.prefix}${target}`, rule.kind);
}
