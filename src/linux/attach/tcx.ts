import { attachTypeByName } from '../../hooks/index.js';
import { hasFeature } from '../probe/features.js';
import { interfaceIndex } from '../sys/devices.js';
import { type Attacher, createLink } from './attacher.js';
import { tc } from './tc.js';

/** By a link since Linux 6.6, behind what is there; else as a filter of clsact. */
export const tcx: Attacher<'tcx'> = {
  types: ['sched_cls', 'sched_act'],
  attach(context, target) {
    if (!hasFeature('tcx_link')) return tc.attach(context, { ...target, kind: 'tc' });
    return createLink(context, target, {
      target_fd: interfaceIndex(target.iface),
      attach_type: attachTypeByName(`tcx_${target.direction}`)?.id,
    });
  },
};
