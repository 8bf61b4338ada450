import { ctxLayout } from './ctx-layout.js';
import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';
import { SK_ACTIONS } from './sk-skb.js';

/** Programs that choose among the sockets that share a port (SO_REUSEPORT). */
export const skReuseport: Hook = {
  id: 21,
  name: 'sk_reuseport',
  since: '4.19',
  doc: 'Chooses, with bpf_sk_select_reuseport, which socket of a reuseport group gets a connection or datagram, or takes over one that was waiting.',
  sections: [
    { prefix: 'sk_reuseport/migrate', rest: 'none', attachType: 'sk_reuseport_select_or_migrate' },
    { prefix: 'sk_reuseport', rest: 'none', attachType: 'sk_reuseport_select' },
  ],
  ctx: ctxLayout('sk_reuseport_md', 56, [
    ['data', 0, 8],
    ['data_end', 8, 8],
    ['len', 16, 4],
    ['eth_protocol', 20, 4],
    ['ip_protocol', 24, 4],
    ['bind_inany', 28, 4],
    ['hash', 32, 4],
    ['sk', 40, 8],
    ['migrating_sk', 48, 8],
  ]),
  ...MEASURED.sk_reuseport,
  verdicts: SK_ACTIONS,
  attachTypes: ['sk_reuseport_select', 'sk_reuseport_select_or_migrate'],
};
