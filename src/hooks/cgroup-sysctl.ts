import { ctxLayout } from './ctx-layout.js';
import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';

/** Programs that see processes of a cgroup read and write files of /proc/sys. */
export const cgroupSysctl: Hook = {
  id: 23,
  name: 'cgroup_sysctl',
  since: '5.2',
  doc: 'Runs when a file of /proc/sys is read or written, and may change what is written; 0 refuses with EPERM.',
  sections: [{ prefix: 'cgroup/sysctl', rest: 'none', attachType: 'cgroup_sysctl' }],
  ctx: ctxLayout('bpf_sysctl', 8, [
    ['write', 0, 4],
    ['file_pos', 4, 4],
  ]),
  ...MEASURED.cgroup_sysctl,
  attachTypes: ['cgroup_sysctl'],
};
