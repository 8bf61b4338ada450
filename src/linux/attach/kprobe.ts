import { ERRNO, KernelError } from '../../errors/errno.js';
import { nearest } from '../explain/nearest.js';
import { functionsMatching } from '../probe/kallsyms.js';
import type { Fd } from '../sys/fd.js';
import { cString } from '../sys/layout.js';
import { perfEventOpen } from '../sys/perf-event.js';
import { type ProbeSource, probeSource } from '../sys/probe-source.js';
import type { Attacher, TargetOf } from './attacher.js';
import { attachToEvent } from './perf-link.js';

/** The start or return of a kernel function, through the perf events that Linux has for it since 4.17. */
export const kprobe: Attacher<'kprobe'> = {
  types: ['kprobe'],
  attach(context, target) {
    const source = probeSource('kprobe');
    if (source === undefined) {
      throw new KernelError('EOPNOTSUPP', 'this kernel has no kprobes', {
        facts: { target },
        hint: 'it was built without CONFIG_KPROBES; a tracepoint, raw tracepoint or fentry may do, or the engine: --kernel engine',
      });
    }
    return attachToEvent(context, target, open(source, target));
  },
};

function open(source: ProbeSource, target: TargetOf<'kprobe'>): Fd {
  try {
    return perfEventOpen(
      `function ${target.function}`,
      {
        type: source.type,
        config: target.returns ? source.returnBit : 0n,
        config1: cString(target.function),
        config2: target.offset ?? 0,
      },
      { pid: -1, cpu: 0 },
    );
  } catch (error) {
    const failed = error instanceof KernelError ? ERRNO[error.errno] : 0;
    if (failed !== ERRNO.ENOENT && failed !== ERRNO.EINVAL) throw error;
    throw missingFunction(target.function, error);
  }
}

/** What to say when the kernel has no such function, or forbids a probe there. */
export function missingFunction(name: string, cause: unknown): KernelError {
  // The compiler appends to the names of copies that it specialises.
  const copies = functionsMatching(`${name}.*`);
  const known = functionsMatching(name).length > 0;
  const near = copies.length > 0 || known ? copies : nearest(name, functionsMatching('*'));
  return new KernelError(
    known ? 'EINVAL' : 'ENOENT',
    known ? `the kernel allows no probe on ${name}` : `the kernel has no function ${name}`,
    {
      facts: { function: name, near },
      hint:
        near.length > 0
          ? `near are ${near.slice(0, 5).join(', ')}`
          : 'see /proc/kallsyms for its functions, and /sys/kernel/debug/kprobes/blacklist for those that are closed',
      cause,
    },
  );
}
