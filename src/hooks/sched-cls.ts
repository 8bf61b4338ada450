import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';
import { skBuffCtx } from './sk-buff.js';

/** `TC_ACT_*` of include/uapi/linux/pkt_cls.h; -1 leaves the verdict to the next program or the filter's own. */
export const TC_ACTIONS = {
  [-1]: 'TC_ACT_UNSPEC',
  0: 'TC_ACT_OK',
  1: 'TC_ACT_RECLASSIFY',
  2: 'TC_ACT_SHOT',
  3: 'TC_ACT_PIPE',
  4: 'TC_ACT_STOLEN',
  5: 'TC_ACT_QUEUED',
  6: 'TC_ACT_REPEAT',
  7: 'TC_ACT_REDIRECT',
  8: 'TC_ACT_TRAP',
} as const;

/** Programs at the traffic-control layer, with an skb, on receive and on transmit. */
export const schedCls: Hook = {
  id: 3,
  name: 'sched_cls',
  since: '4.1',
  doc: 'Classifies, drops, edits or redirects packets on ingress or egress of a device (tc, tcx, netkit).',
  sections: [
    { prefix: 'tc', rest: 'optional' },
    { prefix: 'classifier', rest: 'optional' },
    { prefix: 'tc/ingress', rest: 'none', attachType: 'tcx_ingress' },
    { prefix: 'tc/egress', rest: 'none', attachType: 'tcx_egress' },
    { prefix: 'tcx/ingress', rest: 'none', attachType: 'tcx_ingress' },
    { prefix: 'tcx/egress', rest: 'none', attachType: 'tcx_egress' },
    { prefix: 'netkit/primary', rest: 'none', attachType: 'netkit_primary' },
    { prefix: 'netkit/peer', rest: 'none', attachType: 'netkit_peer' },
  ],
  ctx: skBuffCtx,
  ...MEASURED.sched_cls,
  verdicts: TC_ACTIONS,
  attachTypes: ['tcx_ingress', 'tcx_egress'],
};
