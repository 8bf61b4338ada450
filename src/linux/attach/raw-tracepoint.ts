import { ERRNO } from '../../errors/errno.js';
import { tryBpf } from '../bpf/call.js';
import { missingTracepoint } from '../explain/tracepoint.js';
import { LinuxLink } from '../links.js';
import { Fd } from '../sys/fd.js';
import { cString } from '../sys/layout.js';
import { type Attacher, attachError } from './attacher.js';

/** A descriptor since Linux 4.17, which is a link since 5.8. */
export const rawTracepoint: Attacher<'raw_tracepoint'> = {
  types: ['raw_tracepoint', 'raw_tracepoint_writable'],
  attach(context, target) {
    const { result } = tryBpf('raw_tracepoint_open', {
      name: cString(target.name),
      prog_fd: context.program.fd.fd,
      ...(target.cookie === undefined ? {} : { cookie: target.cookie }),
    });
    if (result >= 0) return new LinuxLink(new Fd(result));
    if (result === -ERRNO.ENOENT) throw missingTracepoint(target);
    throw attachError(context, target, result, { needs: ['CAP_PERFMON'] });
  },
};
