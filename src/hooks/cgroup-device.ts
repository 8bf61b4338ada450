import { ctxLayout } from './ctx-layout.js';
import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';

/** Programs that decide which devices processes of a cgroup may open and make. */
export const cgroupDevice: Hook = {
  id: 15,
  name: 'cgroup_device',
  since: '4.15',
  doc: 'Allows (1) or refuses (0) a device node to be made, read or written. The lower half of access_type is the kind of device (1 block, 2 character), the upper half what is wanted (1 mknod, 2 read, 4 write).',
  sections: [{ prefix: 'cgroup/dev', rest: 'none', attachType: 'cgroup_device' }],
  ctx: ctxLayout('bpf_cgroup_dev_ctx', 12, [
    ['access_type', 0, 4],
    ['major', 4, 4],
    ['minor', 8, 4],
  ]),
  ...MEASURED.cgroup_device,
  attachTypes: ['cgroup_device'],
};
