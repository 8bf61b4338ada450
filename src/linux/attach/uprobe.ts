import { KernelError } from '../../errors/errno.js';
import { cString } from '../sys/layout.js';
import { perfEventOpen } from '../sys/perf-event.js';
import { probeSource } from '../sys/probe-source.js';
import { findLibrary, functionOffset } from '../sys/user-functions.js';
import type { Attacher } from './attacher.js';
import { attachToEvent } from './perf-link.js';

/** A function of a program or library, in all processes or one. */
export const uprobe: Attacher<'uprobe'> = {
  types: ['kprobe'],
  attach(context, target) {
    const source = probeSource('uprobe');
    if (source === undefined) {
      throw new KernelError('EOPNOTSUPP', 'this kernel has no uprobes', {
        facts: { target },
        hint: 'it was built without CONFIG_UPROBE_EVENTS, or is older than 4.17',
      });
    }
    const file = findLibrary(target.file);
    const start = target.function === undefined ? 0 : functionOffset(file, target.function);
    const event = perfEventOpen(
      `${file}:${target.function ?? ''}`,
      {
        type: source.type,
        config: target.returns ? source.returnBit : 0n,
        config1: cString(file),
        config2: start + (target.offset ?? 0),
      },
      // Events of one process follow it over all CPUs.
      { pid: target.pid ?? -1, cpu: target.pid === undefined ? 0 : -1 },
    );
    return attachToEvent(context, target, event);
  },
};
