import type { Hook } from './hook.js';

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
  ctx: {
    struct: 'xdp_md',
    size: 24,
    fields: [
      { name: 'data', offset: 0, size: 4, read: true, write: false, narrow: false, pointer: 'packet' },
      {
        name: 'data_end',
        offset: 4,
        size: 4,
        read: true,
        write: false,
        narrow: false,
        pointer: 'packet_end',
      },
      {
        name: 'data_meta',
        offset: 8,
        size: 4,
        read: true,
        write: false,
        narrow: false,
        pointer: 'packet_meta',
      },
      { name: 'ingress_ifindex', offset: 12, size: 4, read: true, write: false, narrow: false },
      { name: 'rx_queue_index', offset: 16, size: 4, read: true, write: false, narrow: false },
      {
        name: 'egress_ifindex',
        offset: 20,
        size: 4,
        read: true,
        write: false,
        narrow: false,
        attachType: 'xdp_devmap',
      },
    ],
  },
  verdicts: XDP_ACTIONS,
  packet: 'write',
  attachTypes: ['xdp', 'xdpgeneric', 'xdpdrv', 'xdpoffload'],
  testRun: true,
};
