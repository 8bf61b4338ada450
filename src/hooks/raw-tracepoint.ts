import type { Hook } from './hook.js';

/** Most arguments that a tracepoint has: Linux's MAX_BPF_FUNC_ARGS. */
export const MAX_RAW_TRACEPOINT_ARGS = 12;

/** Programs on a kernel tracepoint, reading its raw arguments, 64 bits each. */
export const rawTracepoint: Hook = {
  id: 17,
  name: 'raw_tracepoint',
  since: '4.17',
  doc: 'Runs when a tracepoint fires; the context is the array of its arguments as the kernel passes them.',
  sections: [
    { prefix: 'raw_tracepoint', rest: 'optional' },
    { prefix: 'raw_tp', rest: 'optional' },
  ],
  ctx: { struct: 'bpf_raw_tracepoint_args', size: MAX_RAW_TRACEPOINT_ARGS * 8, fields: 'bytes' },
  packet: 'none',
  attachTypes: ['raw_tracepoint'],
  testRun: true,
};
