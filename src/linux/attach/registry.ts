import { KernelError } from '../../errors/errno.js';
import type { Link } from '../../kernel/kernel.js';
import { type AttachTarget, targetText } from '../../kernel/target.js';
import type { AttachContext, Attacher } from './attacher.js';
import { cgroup } from './cgroup.js';
import { iter } from './iter.js';
import { kprobe } from './kprobe.js';
import { kprobeMulti } from './kprobe-multi.js';
import { netfilter } from './netfilter.js';
import { netkit } from './netkit.js';
import { netns } from './netns.js';
import { perfEvent } from './perf-event.js';
import { rawTracepoint } from './raw-tracepoint.js';
import { socket } from './socket.js';
import { sockmap } from './sockmap.js';
import { structOps } from './struct-ops.js';
import { tc } from './tc.js';
import { tcx } from './tcx.js';
import { tracepoint } from './tracepoint.js';
import { tracing } from './tracing.js';
import { uprobe } from './uprobe.js';
import { xdp } from './xdp.js';

const ATTACHERS: { readonly [K in AttachTarget['kind']]: Attacher<K> } = {
  xdp,
  tcx,
  tc,
  netkit,
  tracepoint,
  raw_tracepoint: rawTracepoint,
  tracing,
  kprobe,
  kprobe_multi: kprobeMulti,
  uprobe,
  perf_event: perfEvent,
  iter,
  cgroup,
  netns,
  netfilter,
  sockmap,
  struct_ops: structOps,
  socket,
};

/** Attaches a program. @throws {KernelError} EINVAL for a target that takes no programs of this type */
export function attachTo<K extends AttachTarget['kind']>(
  context: AttachContext,
  target: Extract<AttachTarget, { readonly kind: K }>,
): Link {
  const attacher: Attacher<K> = ATTACHERS[target.kind as K];
  const type = context.program.typeName;
  if (attacher.types !== undefined && !attacher.types.includes(type)) {
    throw new KernelError('EINVAL', `a program of type ${type} cannot be attached to ${targetText(target)}`, {
      facts: { type, target, takes: attacher.types },
      hint: `load it as type ${attacher.types.join(' or ')}`,
    });
  }
  return attacher.attach(context, target as never);
}
