import { attachTypeByName } from '../../hooks/index.js';
import { tryBpf } from '../bpf/call.js';
import { LinuxLink } from '../links.js';
import { Fd } from '../sys/fd.js';
import { type Attacher, attachError } from './attacher.js';

/** Registers a struct_ops map that was made with BPF_F_LINK. Linux 6.4. */
export const structOps: Attacher<'struct_ops'> = {
  types: ['struct_ops'],
  attach(context, target) {
    using map = context.openMap(target.map);
    const { result } = tryBpf('link_create', {
      prog_fd: map.fd,
      attach_type: attachTypeByName('struct_ops')?.id,
    });
    if (result < 0) throw attachError(context, target, result);
    return new LinuxLink(new Fd(result));
  },
};
