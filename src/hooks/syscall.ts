import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';

/** Programs that user space runs itself, with BPF_PROG_TEST_RUN; they may call bpf(2). */
export const syscall: Hook = {
  id: 31,
  name: 'syscall',
  since: '5.14',
  doc: 'Runs when user space says so, with a context of its own making, and may make maps, load programs and close files.',
  sections: [{ prefix: 'syscall', rest: 'none', sleepable: true }],
  ctx: { struct: 'void', size: 0xffff, fields: 'bytes' },
  ...MEASURED.syscall,
  attachTypes: [],
};
