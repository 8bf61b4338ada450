/** What loading a program of a type takes: the kernel's words without `CAP_`. */
export type LoadCapability = 'bpf' | 'net_admin' | 'perfmon';

/** Anybody may load these, where `kernel.unprivileged_bpf_disabled` is 0. */
const UNPRIVILEGED: ReadonlySet<string> = new Set(['socket_filter', 'cgroup_skb']);
const NET_ADMIN: ReadonlySet<string> = new Set([
  'sched_cls',
  'sched_act',
  'xdp',
  'lwt_in',
  'lwt_out',
  'lwt_xmit',
  'lwt_seg6local',
  'sk_skb',
  'sk_msg',
  'flow_dissector',
  'cgroup_device',
  'cgroup_sock',
  'cgroup_sock_addr',
  'cgroup_sockopt',
  'cgroup_sysctl',
  'sock_ops',
  'ext',
  'netfilter',
]);
const PERFMON: ReadonlySet<string> = new Set([
  'kprobe',
  'tracepoint',
  'perf_event',
  'raw_tracepoint',
  'raw_tracepoint_writable',
  'tracing',
  'lsm',
  'struct_ops',
  'ext',
]);

/** What BPF_PROG_LOAD asks for, by program type (bpftool's word). Measured by test/verifier/privileges.test.ts. */
export function capabilitiesToLoad(type: string): readonly LoadCapability[] {
  return [
    ...(UNPRIVILEGED.has(type) ? [] : (['bpf'] as const)),
    ...(NET_ADMIN.has(type) ? (['net_admin'] as const) : []),
    ...(PERFMON.has(type) ? (['perfmon'] as const) : []),
  ];
}
