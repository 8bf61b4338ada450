import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';
import { skBuffCtx } from './sk-buff.js';

/** `enum bpf_ret_code`. */
const LWT_VERDICTS = { 0: 'BPF_OK', 2: 'BPF_DROP', 7: 'BPF_REDIRECT', 128: 'BPF_LWT_REROUTE' } as const;

/** Programs of a route, on packets that it delivers to this host. */
export const lwtIn: Hook = {
  id: 10,
  name: 'lwt_in',
  since: '4.10',
  doc: 'Sees packets that a route with `encap bpf in` receives.',
  sections: [{ prefix: 'lwt_in', rest: 'none' }],
  ctx: skBuffCtx,
  ...MEASURED.lwt_in,
  verdicts: LWT_VERDICTS,
  attachTypes: [],
};

/** Programs of a route, on packets that this host sends by it. */
export const lwtOut: Hook = {
  id: 11,
  name: 'lwt_out',
  since: '4.10',
  doc: 'Sees packets that a route with `encap bpf out` sends.',
  sections: [{ prefix: 'lwt_out', rest: 'none' }],
  ctx: skBuffCtx,
  ...MEASURED.lwt_out,
  verdicts: LWT_VERDICTS,
  attachTypes: [],
};

/** Programs of a route, on packets just before they leave; these may change them. */
export const lwtXmit: Hook = {
  id: 12,
  name: 'lwt_xmit',
  since: '4.10',
  doc: 'Sees, edits or redirects packets that a route with `encap bpf xmit` is about to transmit.',
  sections: [{ prefix: 'lwt_xmit', rest: 'none' }],
  ctx: skBuffCtx,
  ...MEASURED.lwt_xmit,
  verdicts: LWT_VERDICTS,
  attachTypes: [],
};

/** Programs that are the action of a local IPv6 segment (SRv6 End.BPF). */
export const lwtSeg6local: Hook = {
  id: 19,
  name: 'lwt_seg6local',
  since: '4.18',
  doc: 'The action of an IPv6 segment of this host: edits the segment routing header and decides where the packet goes.',
  sections: [{ prefix: 'lwt_seg6local', rest: 'none' }],
  ctx: skBuffCtx,
  ...MEASURED.lwt_seg6local,
  verdicts: LWT_VERDICTS,
  attachTypes: [],
};
