import { ctxLayout } from './ctx-layout.js';
import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';

/** `struct bpf_sock` (include/uapi/linux/bpf.h): a socket as programs see it. */
export const bpfSock = ctxLayout('bpf_sock', 80, [
  ['bound_dev_if', 0, 4],
  ['family', 4, 4],
  ['type', 8, 4],
  ['protocol', 12, 4],
  ['mark', 16, 4],
  ['priority', 20, 4],
  ['src_ip4', 24, 4],
  ['src_ip6', 28, 16],
  ['src_port', 44, 4],
  ['dst_port', 48, 2],
  ['dst_ip4', 52, 4],
  ['dst_ip6', 56, 16],
  ['state', 72, 4],
  ['rx_queue_mapping', 76, 4],
]);

/** Programs that see sockets of a cgroup being made, bound and released. */
export const cgroupSock: Hook = {
  id: 9,
  name: 'cgroup_sock',
  since: '4.10',
  doc: 'Runs when a process of the cgroup makes, binds or releases an internet socket; 0 refuses with EPERM.',
  sections: [
    { prefix: 'cgroup/sock_create', rest: 'none', attachType: 'cgroup_inet_sock_create' },
    { prefix: 'cgroup/sock_release', rest: 'none', attachType: 'cgroup_inet_sock_release' },
    { prefix: 'cgroup/sock', rest: 'none', attachType: 'cgroup_inet_sock_create' },
    { prefix: 'cgroup/post_bind4', rest: 'none', attachType: 'cgroup_inet4_post_bind' },
    { prefix: 'cgroup/post_bind6', rest: 'none', attachType: 'cgroup_inet6_post_bind' },
  ],
  ctx: bpfSock,
  ...MEASURED.cgroup_sock,
  attachTypes: [
    'cgroup_inet_sock_create',
    'cgroup_inet4_post_bind',
    'cgroup_inet6_post_bind',
    'cgroup_inet_sock_release',
  ],
};
