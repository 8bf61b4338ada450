import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';
import { skBuffCtx } from './sk-buff.js';

/** `enum sk_action`: the verdicts of programs on sockets in a sockmap. */
export const SK_ACTIONS = { 0: 'SK_DROP', 1: 'SK_PASS' } as const;

/** Programs on the data that sockets in a sockmap receive. */
export const skSkb: Hook = {
  id: 14,
  name: 'sk_skb',
  since: '4.14',
  doc: 'A stream parser returns the length of the next message; a verdict program passes, drops or redirects it to another socket.',
  sections: [
    { prefix: 'sk_skb/stream_parser', rest: 'none', attachType: 'sk_skb_stream_parser' },
    { prefix: 'sk_skb/stream_verdict', rest: 'none', attachType: 'sk_skb_stream_verdict' },
    { prefix: 'sk_skb/verdict', rest: 'none', attachType: 'sk_skb_verdict' },
    { prefix: 'sk_skb', rest: 'none' },
  ],
  ctx: skBuffCtx,
  ...MEASURED.sk_skb,
  verdicts: SK_ACTIONS,
  attachTypes: ['sk_skb_stream_parser', 'sk_skb_stream_verdict', 'sk_skb_verdict'],
};
