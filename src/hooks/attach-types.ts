/** One `BPF_*` attach type: what a program was loaded for, or is attached as. */
export interface AttachType {
  readonly id: number;
  /** libbpf's and bpftool's name. */
  readonly name: string;
  /** The shorter word that bpftool takes and prints for attachments to cgroups. */
  readonly word?: string;
}

/** Every attach type of Linux 6.18 (enum bpf_attach_type), indexed by id. */
export const ATTACH_TYPES = [
  { id: 0, name: 'cgroup_inet_ingress', word: 'ingress' },
  { id: 1, name: 'cgroup_inet_egress', word: 'egress' },
  { id: 2, name: 'cgroup_inet_sock_create', word: 'sock_create' },
  { id: 3, name: 'cgroup_sock_ops', word: 'sock_ops' },
  { id: 4, name: 'sk_skb_stream_parser' },
  { id: 5, name: 'sk_skb_stream_verdict' },
  { id: 6, name: 'cgroup_device', word: 'device' },
  { id: 7, name: 'sk_msg_verdict' },
  { id: 8, name: 'cgroup_inet4_bind', word: 'bind4' },
  { id: 9, name: 'cgroup_inet6_bind', word: 'bind6' },
  { id: 10, name: 'cgroup_inet4_connect', word: 'connect4' },
  { id: 11, name: 'cgroup_inet6_connect', word: 'connect6' },
  { id: 12, name: 'cgroup_inet4_post_bind', word: 'post_bind4' },
  { id: 13, name: 'cgroup_inet6_post_bind', word: 'post_bind6' },
  { id: 14, name: 'cgroup_udp4_sendmsg', word: 'sendmsg4' },
  { id: 15, name: 'cgroup_udp6_sendmsg', word: 'sendmsg6' },
  { id: 16, name: 'lirc_mode2' },
  { id: 17, name: 'flow_dissector' },
  { id: 18, name: 'cgroup_sysctl', word: 'sysctl' },
  { id: 19, name: 'cgroup_udp4_recvmsg', word: 'recvmsg4' },
  { id: 20, name: 'cgroup_udp6_recvmsg', word: 'recvmsg6' },
  { id: 21, name: 'cgroup_getsockopt', word: 'getsockopt' },
  { id: 22, name: 'cgroup_setsockopt', word: 'setsockopt' },
  { id: 23, name: 'trace_raw_tp' },
  { id: 24, name: 'trace_fentry' },
  { id: 25, name: 'trace_fexit' },
  { id: 26, name: 'modify_return' },
  { id: 27, name: 'lsm_mac' },
  { id: 28, name: 'trace_iter' },
  { id: 29, name: 'cgroup_inet4_getpeername', word: 'getpeername4' },
  { id: 30, name: 'cgroup_inet6_getpeername', word: 'getpeername6' },
  { id: 31, name: 'cgroup_inet4_getsockname', word: 'getsockname4' },
  { id: 32, name: 'cgroup_inet6_getsockname', word: 'getsockname6' },
  { id: 33, name: 'xdp_devmap' },
  { id: 34, name: 'cgroup_inet_sock_release', word: 'sock_release' },
  { id: 35, name: 'xdp_cpumap' },
  { id: 36, name: 'sk_lookup' },
  { id: 37, name: 'xdp' },
  { id: 38, name: 'sk_skb_verdict' },
  { id: 39, name: 'sk_reuseport_select' },
  { id: 40, name: 'sk_reuseport_select_or_migrate' },
  { id: 41, name: 'perf_event' },
  { id: 42, name: 'trace_kprobe_multi' },
  { id: 43, name: 'lsm_cgroup' },
  { id: 44, name: 'struct_ops' },
  { id: 45, name: 'netfilter' },
  { id: 46, name: 'tcx_ingress' },
  { id: 47, name: 'tcx_egress' },
  { id: 48, name: 'trace_uprobe_multi' },
  { id: 49, name: 'cgroup_unix_connect' },
  { id: 50, name: 'cgroup_unix_sendmsg' },
  { id: 51, name: 'cgroup_unix_recvmsg' },
  { id: 52, name: 'cgroup_unix_getpeername' },
  { id: 53, name: 'cgroup_unix_getsockname' },
  { id: 54, name: 'netkit_primary' },
  { id: 55, name: 'netkit_peer' },
  { id: 56, name: 'trace_kprobe_session' },
  { id: 57, name: 'trace_uprobe_session' },
] as const satisfies readonly AttachType[];

/** Finds an attach type by its name or bpftool's word. @returns undefined when Linux 6.18 has none. */
export function attachTypeByName(name: string): AttachType | undefined {
  return ATTACH_TYPES.find((type: AttachType) => type.name === name || type.word === name);
}

/** @returns undefined when Linux 6.18 has none. */
export function attachTypeById(id: number): AttachType | undefined {
  return ATTACH_TYPES[id];
}
