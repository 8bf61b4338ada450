import { ctxLayout } from './ctx-layout.js';
import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';
import { SK_ACTIONS } from './sk-skb.js';

/** Programs that choose the listening socket of a network namespace's new connections. */
export const skLookup: Hook = {
  id: 30,
  name: 'sk_lookup',
  since: '5.9',
  doc: 'Runs before the kernel looks for the socket that a SYN or a datagram is for, and may choose one with bpf_sk_assign.',
  sections: [{ prefix: 'sk_lookup', rest: 'none', attachType: 'sk_lookup' }],
  ctx: ctxLayout('bpf_sk_lookup', 72, [
    ['sk', 0, 8],
    ['family', 8, 4],
    ['protocol', 12, 4],
    ['remote_ip4', 16, 4],
    ['remote_ip6', 20, 16],
    ['remote_port', 36, 2],
    ['local_ip4', 40, 4],
    ['local_ip6', 44, 16],
    ['local_port', 60, 4],
    ['ingress_ifindex', 64, 4],
  ]),
  ...MEASURED.sk_lookup,
  verdicts: SK_ACTIONS,
  attachTypes: ['sk_lookup'],
};
