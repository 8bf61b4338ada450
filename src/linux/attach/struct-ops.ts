import { attachTypeByName } from '../../hooks/index.js';
import { MAP_FLAGS } from '../../object/map-flags.js';
import { tryBpf } from '../bpf/call.js';
import { mapDelete } from '../bpf/map.js';
import { infoOf } from '../bpf/object.js';
import { LinuxLink } from '../links.js';
import { Fd } from '../sys/fd.js';
import { type Attacher, attachError } from './attacher.js';
import { OldAttachment } from './old-attachment.js';

/** By a link since Linux 6.4, for maps that were made for one; writing the value of others registered them. */
export const structOps: Attacher<'struct_ops'> = {
  types: ['struct_ops'],
  attach(context, target) {
    using map = context.openMap(target.map);
    if ((infoOf('map', map).u32('map_flags') & MAP_FLAGS.link) === 0)
      return new OldAttachment(context.program.id, target, () => {
        using again = context.openMap(target.map);
        mapDelete(again, new Uint8Array(4));
      });
    const { result } = tryBpf('link_create', {
      prog_fd: map.fd,
      attach_type: attachTypeByName('struct_ops')?.id,
    });
    if (result < 0) throw attachError(context, target, result);
    return new LinuxLink(new Fd(result));
  },
};
