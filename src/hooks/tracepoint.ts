import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';

/** Linux's PERF_MAX_TRACE_SIZE: a record's fields may be read up to here, whatever the tracepoint's own size. */
const MAX_TRACEPOINT_RECORD = 8192;

/** Programs on a kernel tracepoint, reading the record that its tracefs `format` file describes. */
export const tracepoint: Hook = {
  id: 5,
  name: 'tracepoint',
  since: '4.7',
  doc: 'Runs when a tracepoint fires; the context is its record. The first 8 bytes (a pointer to registers) are private.',
  sections: [
    { prefix: 'tracepoint', rest: 'optional' },
    { prefix: 'tp', rest: 'optional' },
  ],
  ctx: { struct: 'trace_event', size: MAX_TRACEPOINT_RECORD, fields: 'bytes' },
  ...MEASURED.tracepoint,
  attachTypes: ['tracepoint'],
};
