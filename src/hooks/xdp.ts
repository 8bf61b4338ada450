import { ctxLayout } from './ctx-layout.js';
import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';

/** `enum xdp_action`. */
export const XDP_ACTIONS = {
  0: 'XDP_ABORTED',
  1: 'XDP_DROP',
  2: 'XDP_PASS',
  3: 'XDP_TX',
  4: 'XDP_REDIRECT',
} as const;

/** Programs on the receive path of a device, before Linux makes an skb. */
export const xdp: Hook = {
  id: 6,
  name: 'xdp',
  since: '4.8',
  doc: 'Sees each received frame first: drops, passes, sends back or redirects it.',
  sections: [
    { prefix: 'xdp', rest: 'optional', attachType: 'xdp' },
    { prefix: 'xdp.frags', rest: 'optional', attachType: 'xdp' },
    { prefix: 'xdp/devmap', rest: 'none', attachType: 'xdp_devmap' },
    { prefix: 'xdp.frags/devmap', rest: 'none', attachType: 'xdp_devmap' },
    { prefix: 'xdp/cpumap', rest: 'none', attachType: 'xdp_cpumap' },
    { prefix: 'xdp.frags/cpumap', rest: 'none', attachType: 'xdp_cpumap' },
  ],
  ctx: ctxLayout('xdp_md', 24, [
    ['data', 0, 4],
    ['data_end', 4, 4],
    ['data_meta', 8, 4],
    ['ingress_ifindex', 12, 4],
    ['rx_queue_index', 16, 4],
    ['egress_ifindex', 20, 4],
  ]),
  ...MEASURED.xdp,
  verdicts: XDP_ACTIONS,
  attachTypes: ['xdp', 'xdpgeneric', 'xdpdrv', 'xdpoffload'],
};
