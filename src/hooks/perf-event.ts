import { ctxLayout } from './ctx-layout.js';
import type { Hook } from './hook.js';
import { ptRegs } from './kprobe.js';
import { MEASURED } from './measured.js';

/** Programs on samples of a perf event: a hardware or software counter, a timer. */
export const perfEvent: Hook = {
  id: 7,
  name: 'perf_event',
  since: '4.9',
  doc: 'Runs when a perf event overflows; the context is the registers, the period and the address of the sample. 0 keeps the sample from user space.',
  sections: [{ prefix: 'perf_event', rest: 'none' }],
  ctx: ctxLayout('bpf_perf_event_data', ptRegs.size + 16, [
    ['regs', 0, ptRegs.size],
    ['sample_period', ptRegs.size, 8],
    ['addr', ptRegs.size + 8, 8],
  ]),
  ...MEASURED.perf_event,
  attachTypes: ['perf_event'],
};
