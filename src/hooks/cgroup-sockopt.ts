import { ctxLayout } from './ctx-layout.js';
import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';

/** Programs that see, and may change, the socket options that processes of a cgroup read and set. */
export const cgroupSockopt: Hook = {
  id: 25,
  name: 'cgroup_sockopt',
  since: '5.3',
  doc: 'Runs in getsockopt and setsockopt, with the option’s value as a packet from optval to optval_end; 0 refuses with EPERM.',
  sections: [
    { prefix: 'cgroup/getsockopt', rest: 'none', attachType: 'cgroup_getsockopt' },
    { prefix: 'cgroup/setsockopt', rest: 'none', attachType: 'cgroup_setsockopt' },
  ],
  ctx: ctxLayout('bpf_sockopt', 40, [
    ['sk', 0, 8],
    ['optval', 8, 8],
    ['optval_end', 16, 8],
    ['level', 24, 4],
    ['optname', 28, 4],
    ['optlen', 32, 4],
    ['retval', 36, 4],
  ]),
  ...MEASURED.cgroup_sockopt,
  attachTypes: ['cgroup_getsockopt', 'cgroup_setsockopt'],
};
