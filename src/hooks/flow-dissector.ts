import { ctxLayout } from './ctx-layout.js';
import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';
import { skBuffCtx } from './sk-buff.js';

/**
 * `struct bpf_flow_keys` (include/uapi/linux/bpf.h): what a flow dissector finds out. All of it may be read and
 * written, at any offset.
 */
export const flowKeys = ctxLayout('bpf_flow_keys', 56, [
  ['nhoff', 0, 2],
  ['thoff', 2, 2],
  ['addr_proto', 4, 2],
  ['is_frag', 6, 1],
  ['is_first_frag', 7, 1],
  ['is_encap', 8, 1],
  ['ip_proto', 9, 1],
  ['n_proto', 10, 2],
  ['sport', 12, 2],
  ['dport', 14, 2],
  ['addrs', 16, 32],
  ['flags', 48, 4],
  ['flow_label', 52, 4],
]);

/** Programs that take packets apart for the kernel's flow hash. */
export const flowDissector: Hook = {
  id: 22,
  name: 'flow_dissector',
  since: '4.20',
  doc: 'Fills in the flow keys of a packet in place of the kernel’s own dissector.',
  sections: [{ prefix: 'flow_dissector', rest: 'none', attachType: 'flow_dissector' }],
  ctx: skBuffCtx,
  ...MEASURED.flow_dissector,
  verdicts: { 0: 'BPF_OK', 2: 'BPF_DROP', 129: 'BPF_FLOW_DISSECTOR_CONTINUE' },
  attachTypes: ['flow_dissector'],
};
