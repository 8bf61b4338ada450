import { ERRNO } from '../../errors/errno.js';
import { tryBpf } from '../bpf/call.js';
import { LinuxLink } from '../links.js';
import { Fd } from '../sys/fd.js';
import { type Attacher, attachError } from './attacher.js';

/** Programs that were loaded for their target. BPF_RAW_TRACEPOINT_OPEN without a name knows all of them, since 5.5. */
export const tracing: Attacher<'tracing'> = {
  types: ['tracing', 'lsm', 'ext'],
  attach(context, target) {
    const { result } = tryBpf('raw_tracepoint_open', { prog_fd: context.program.fd.fd });
    if (result >= 0) return new LinuxLink(new Fd(result));
    throw attachError(context, target, result, {
      needs: ['CAP_PERFMON'],
      ...(result === -ERRNO.EPERM || result === -ERRNO.EOPNOTSUPP || result === -ERRNO.EBUSY
        ? {
            hint: 'fentry, fexit and LSM need trampolines: a kernel with CONFIG_FUNCTION_TRACER and CONFIG_DYNAMIC_FTRACE, and for LSM `bpf` in lsm=; a kprobe or tracepoint may do, or the engine',
          }
        : {}),
    });
  },
};
