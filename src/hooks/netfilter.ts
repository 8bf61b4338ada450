import { ctxLayout } from './ctx-layout.js';
import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';

/** Programs on a netfilter hook. Their context holds pointers to kernel structs, read as BTF says. */
export const netfilter: Hook = {
  id: 32,
  name: 'netfilter',
  since: '6.4',
  doc: 'Accepts (1) or drops (0) packets at a hook of netfilter: prerouting, input, forward, output, postrouting.',
  sections: [{ prefix: 'netfilter', rest: 'none', attachType: 'netfilter' }],
  ctx: ctxLayout('bpf_nf_ctx', 16, [
    ['state', 0, 8],
    ['skb', 8, 8],
  ]),
  ...MEASURED.netfilter,
  verdicts: { 0: 'NF_DROP', 1: 'NF_ACCEPT' },
  attachTypes: ['netfilter'],
};
