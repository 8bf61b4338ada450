import { attachTypeByName } from '../../hooks/index.js';
import { type Attacher, createLink } from './attacher.js';

/** Since Linux 5.8. */
export const iter: Attacher<'iter'> = {
  types: ['tracing'],
  attach(context, target) {
    using map = target.map === undefined ? undefined : context.openMap(target.map);
    // union bpf_iter_link_info: the map's descriptor comes first in it.
    const info = map === undefined ? undefined : new Uint8Array(new Int32Array([map.fd, 0, 0, 0]).buffer);
    return createLink(
      context,
      target,
      {
        attach_type: attachTypeByName('trace_iter')?.id,
        ...(info === undefined ? {} : { iter_info: info, iter_info_len: info.length }),
      },
      { needs: ['CAP_PERFMON'] },
    );
  },
};
