import { ERRNO, KernelError } from '../../errors/errno.js';
import { attachTypeByName } from '../../hooks/index.js';
import { tryBpf } from '../bpf/call.js';
import { type AttachContext, type Attacher, attachError, type TargetOf, tryLink } from './attacher.js';
import { OldAttachment } from './old-attachment.js';

/** By a link since Linux 6.10, else to the map itself. */
export const sockmap: Attacher<'sockmap'> = {
  types: ['sk_msg', 'sk_skb'],
  attach(context, target) {
    const type = attachTypeByName(target.attachType);
    if (type === undefined) throw new KernelError('EINVAL', `Linux has no attach type ${target.attachType}`);
    using map = context.openMap(target.map);
    const link = tryLink(context.program, { target_fd: map.fd, attach_type: type.id });
    if (typeof link !== 'number') return link;
    if (link === -ERRNO.EINVAL) return toMap(context, target, type.id);
    throw attachError(context, target, link);
  },
};

function toMap(context: AttachContext, target: TargetOf<'sockmap'>, attachType: number): OldAttachment {
  const change = (command: 'prog_attach' | 'prog_detach'): void => {
    using map = context.openMap(target.map);
    const values = { target_fd: map.fd, attach_bpf_fd: context.program.fd.fd, attach_type: attachType };
    const { result } = tryBpf(command, values);
    if (result < 0) throw attachError(context, target, result);
  };
  change('prog_attach');
  return new OldAttachment(context.program.id, target, () => change('prog_detach'));
}
