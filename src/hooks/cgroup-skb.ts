import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';
import { skBuffCtx } from './sk-buff.js';

/** Programs that see the packets of a cgroup's sockets. */
export const cgroupSkb: Hook = {
  id: 8,
  name: 'cgroup_skb',
  since: '4.10',
  doc: "Lets packets of a cgroup's sockets pass (1) or drops them (0), on receive and on transmit; 2 and 3 also signal congestion to the sender.",
  sections: [
    { prefix: 'cgroup_skb/ingress', rest: 'none', attachType: 'cgroup_inet_ingress' },
    { prefix: 'cgroup_skb/egress', rest: 'none', attachType: 'cgroup_inet_egress' },
    { prefix: 'cgroup/skb', rest: 'none' },
  ],
  ctx: skBuffCtx,
  bpfFields: { read: ['data', 'data_end'], write: ['tstamp'] },
  ...MEASURED.cgroup_skb,
  attachTypes: ['cgroup_inet_ingress', 'cgroup_inet_egress'],
};
