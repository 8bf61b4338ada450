import { ERRNO } from '../../errors/errno.js';
import { attachTypeByName } from '../../hooks/index.js';
import { interfaceIndex } from '../sys/devices.js';
import { type Attacher, attachError, tryLink } from './attacher.js';

/** Since Linux 6.7. */
export const netkit: Attacher<'netkit'> = {
  types: ['sched_cls'],
  attach(context, target) {
    const link = tryLink(context.program, {
      target_fd: interfaceIndex(target.iface),
      attach_type: attachTypeByName(`netkit_${target.side}`)?.id,
    });
    if (typeof link !== 'number') return link;
    throw attachError(context, target, link, {
      ...(link === -ERRNO.EINVAL || link === -ERRNO.ENXIO
        ? { hint: `${target.iface} is no netkit device, or the kernel has none (CONFIG_NETKIT, Linux 6.7)` }
        : {}),
    });
  },
};
