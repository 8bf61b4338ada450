import { ERRNO } from '../../errors/errno.js';
import { interfaceIndex } from '../sys/devices.js';
import { addClsactFilter, removeClsactFilter } from '../sys/rtnetlink.js';
import { type Attacher, attachError } from './attacher.js';
import { OldAttachment } from './old-attachment.js';

const MODULES = 'the kernel lacks its modules: modprobe -a sch_ingress cls_bpf';

/** A direct-action filter of the clsact discipline, which is added to the device when it has none. */
export const tc: Attacher<'tc'> = {
  types: ['sched_cls', 'sched_act'],
  attach(context, target) {
    const filter = {
      ifindex: interfaceIndex(target.iface),
      direction: target.direction,
      priority: target.priority ?? 1,
    };
    const result = addClsactFilter(filter, context.program.fd.fd, `skep_${context.program.id}`);
    if (result < 0) {
      const hint = result === -ERRNO.ENOENT ? { hint: MODULES } : {};
      throw attachError(context, target, result, hint);
    }
    return new OldAttachment(context.program.id, target, () => {
      const removed = removeClsactFilter(filter);
      if (removed < 0) throw attachError(context, target, removed);
    });
  },
};
