import { ctxLayout } from './ctx-layout.js';
import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';
import { SK_ACTIONS } from './sk-skb.js';

/** Programs on the data that sockets in a sockmap send. */
export const skMsg: Hook = {
  id: 16,
  name: 'sk_msg',
  since: '4.17',
  doc: 'Sees each sendmsg on a socket of a sockmap: passes, drops, edits or redirects the data.',
  sections: [{ prefix: 'sk_msg', rest: 'none', attachType: 'sk_msg_verdict' }],
  ctx: ctxLayout('sk_msg_md', 80, [
    ['data', 0, 8],
    ['data_end', 8, 8],
    ['family', 16, 4],
    ['remote_ip4', 20, 4],
    ['local_ip4', 24, 4],
    ['remote_ip6', 28, 16],
    ['local_ip6', 44, 16],
    ['remote_port', 60, 4],
    ['local_port', 64, 4],
    ['size', 68, 4],
    ['sk', 72, 8],
  ]),
  ...MEASURED.sk_msg,
  verdicts: SK_ACTIONS,
  attachTypes: ['sk_msg_verdict'],
};
