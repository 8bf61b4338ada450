import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';
import { rawTracepointCtx } from './raw-tracepoint.js';

/** Programs on the few tracepoints whose first argument is a buffer that they may change. */
export const rawTracepointWritable: Hook = {
  id: 24,
  name: 'raw_tracepoint_writable',
  since: '5.2',
  doc: 'As raw_tracepoint, and the first argument is a pointer to a struct that may be written. How much of it is checked when attaching.',
  sections: [
    { prefix: 'raw_tracepoint.w', rest: 'optional' },
    { prefix: 'raw_tp.w', rest: 'optional' },
  ],
  ctx: rawTracepointCtx,
  ...MEASURED.raw_tracepoint_writable,
  attachTypes: ['raw_tracepoint'],
};
