import type { CtxLayout, Hook } from './hook.js';
import { MEASURED } from './measured.js';

/** Most arguments that a tracepoint has: Linux's MAX_BPF_FUNC_ARGS. */
const MAX_RAW_TRACEPOINT_ARGS = 12;

/** The arguments of a tracepoint as the kernel passes them, 64 bits each. */
export const rawTracepointCtx: CtxLayout = {
  struct: 'bpf_raw_tracepoint_args',
  size: MAX_RAW_TRACEPOINT_ARGS * 8,
  fields: 'bytes',
};

/** Programs on a kernel tracepoint, reading its raw arguments. */
export const rawTracepoint: Hook = {
  id: 17,
  name: 'raw_tracepoint',
  since: '4.17',
  doc: 'Runs when a tracepoint fires; the context is the array of its arguments as the kernel passes them.',
  sections: [
    { prefix: 'raw_tracepoint', rest: 'optional' },
    { prefix: 'raw_tp', rest: 'optional' },
  ],
  ctx: rawTracepointCtx,
  ...MEASURED.raw_tracepoint,
  attachTypes: ['raw_tracepoint'],
};
