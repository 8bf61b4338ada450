/** Program types that are attached to cgroups alone (bpftool's words). `lsm` can be too, as `lsm_cgroup`. */
export const CGROUP_PROGRAM_TYPES: readonly string[] = [
  'cgroup_skb',
  'cgroup_sock',
  'cgroup_sock_addr',
  'cgroup_sockopt',
  'cgroup_sysctl',
  'cgroup_device',
  'sock_ops',
];
