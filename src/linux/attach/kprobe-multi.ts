import { ERRNO, KernelError } from '../../errors/errno.js';
import { attachTypeByName } from '../../hooks/index.js';
import { functionsMatching } from '../probe/kallsyms.js';
import { cString } from '../sys/layout.js';
import { addressOf } from '../sys/syscall.js';
import { type Attacher, attachError, tryLink } from './attacher.js';
import { missingFunction } from './kprobe.js';

/** `BPF_F_KPROBE_MULTI_RETURN` */
const RETURNS = 1;

/** Many functions in one link, since Linux 5.18. */
export const kprobeMulti: Attacher<'kprobe_multi'> = {
  types: ['kprobe'],
  attach(context, target) {
    const names = target.functions.flatMap((pattern) =>
      /[*?]/.test(pattern) ? functionsMatching(pattern) : [pattern],
    );
    if (names.length === 0) throw missingFunction(target.functions.join(','), undefined);
    const texts = names.map(cString);
    const pointers = new BigUint64Array(texts.map(addressOf));
    const link = tryLink(context.program, {
      attach_type: attachTypeByName('trace_kprobe_multi')?.id,
      multi_flags: target.returns ? RETURNS : 0,
      multi_cnt: names.length,
      multi_syms: new Uint8Array(pointers.buffer),
    });
    if (typeof link !== 'number') return link;
    if (link === -ERRNO.ESRCH) throw missingFunction(names[0] ?? '', undefined);
    if (link === -ERRNO.EOPNOTSUPP)
      throw new KernelError('EOPNOTSUPP', 'this kernel has no kprobe.multi', {
        hint: 'it needs CONFIG_FPROBE and Linux 5.18; a kprobe for each function may do',
      });
    throw attachError(context, target, link, {
      needs: ['CAP_PERFMON'],
      ...(link === -ERRNO.EINVAL ? { hint: 'the section must be kprobe.multi/… or kretprobe.multi/…' } : {}),
      // The names have to live until the kernel has read them.
      facts: { functions: texts.length },
    });
  },
};
