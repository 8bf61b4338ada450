import { ERRNO } from '../../errors/errno.js';
import { attachTypeByName } from '../../hooks/index.js';
import type { NetfilterHook } from '../../kernel/target.js';
import { type Attacher, attachError, tryLink } from './attacher.js';

/** `NFPROTO_*` and `NF_INET_*`. */
const FAMILIES = { ipv4: 2, ipv6: 10 } as const;
const HOOKS: Readonly<Record<NetfilterHook, number>> = {
  prerouting: 0,
  input: 1,
  forward: 2,
  output: 3,
  postrouting: 4,
};
/** `BPF_F_NETFILTER_IP_DEFRAG` */
const DEFRAGMENT = 1;

/** Since Linux 6.4. */
export const netfilter: Attacher<'netfilter'> = {
  types: ['netfilter'],
  attach(context, target) {
    const link = tryLink(context.program, {
      attach_type: attachTypeByName('netfilter')?.id,
      netfilter_pf: FAMILIES[target.family],
      netfilter_hooknum: HOOKS[target.hook],
      netfilter_priority: target.priority,
      netfilter_flags: target.defragment ? DEFRAGMENT : 0,
    });
    if (typeof link !== 'number') return link;
    throw attachError(context, target, link, {
      ...(link === -ERRNO.EINVAL
        ? { hint: 'priorities go from -2147483647 to 2147483646; the kernel needs CONFIG_NETFILTER_BPF_LINK' }
        : {}),
      ...(link === -ERRNO.EBUSY ? { reason: 'this priority is taken' } : {}),
    });
  },
};
