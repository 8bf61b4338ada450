import { btfArguments } from './btf-args.js';
import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';

/**
 * Programs on kernel functions, tracepoints and iterators, with arguments typed by BTF. Tracepoints and iterators are
 * measured; kernels that refuse fentry, fexit and fmod_ret cannot tell of them: those ranges are from the kernel's
 * documentation of tracing programs (Documentation/bpf/libbpf, prog_lsm.rst and the uapi header).
 */
export const tracing: Hook = {
  id: 26,
  name: 'tracing',
  since: '5.5',
  doc: 'Runs at a tracepoint (tp_btf), at the start or end of a kernel function (fentry, fexit, fmod_ret), or for each object of a kind (iter).',
  sections: [
    { prefix: 'tp_btf', rest: 'optional', attachType: 'trace_raw_tp' },
    { prefix: 'fentry', rest: 'optional', attachType: 'trace_fentry' },
    { prefix: 'fentry.s', rest: 'optional', attachType: 'trace_fentry', sleepable: true },
    { prefix: 'fmod_ret', rest: 'optional', attachType: 'modify_return' },
    { prefix: 'fmod_ret.s', rest: 'optional', attachType: 'modify_return', sleepable: true },
    { prefix: 'fexit', rest: 'optional', attachType: 'trace_fexit' },
    { prefix: 'fexit.s', rest: 'optional', attachType: 'trace_fexit', sleepable: true },
    { prefix: 'iter', rest: 'optional', attachType: 'trace_iter' },
    { prefix: 'iter.s', rest: 'optional', attachType: 'trace_iter', sleepable: true },
  ],
  ctx: btfArguments,
  ...MEASURED.tracing,
  views: [
    ...MEASURED.tracing.views,
    { attachTypes: ['trace_fentry', 'trace_fexit'], returns: { min: 0, max: 0 } },
    { attachTypes: ['modify_return'] },
  ],
  sleepable: 'may',
  attachTypes: ['trace_raw_tp', 'trace_fentry', 'trace_fexit', 'modify_return', 'trace_iter'],
};
