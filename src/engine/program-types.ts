import { KernelError } from '../errors/errno.js';
import { CGROUP_PROGRAM_TYPES } from '../hooks/cgroup-types.js';
import type { AttachTarget } from '../kernel/kernel.js';
import { hasTestRun } from './scenes/index.js';

/** Program types that each kind of target takes. */
export const TARGET_TYPES: Readonly<Partial<Record<AttachTarget['kind'], readonly string[]>>> = {
  xdp: ['xdp'],
  tcx: ['sched_cls', 'sched_act'],
  tc: ['sched_cls', 'sched_act'],
  tracepoint: ['tracepoint'],
  raw_tracepoint: ['raw_tracepoint', 'raw_tracepoint_writable'],
  tracing: ['tracing', 'lsm'],
  kprobe: ['kprobe'],
  kprobe_multi: ['kprobe'],
  netfilter: ['netfilter'],
  netns: ['sk_lookup'],
  socket: ['socket_filter'],
  cgroup: CGROUP_PROGRAM_TYPES,
};

/** Whether the engine runs programs of this type, attached or on a context of the caller's, and does not only verify them. */
export function engineRuns(type: string): boolean {
  return hasTestRun(type) || engineAttaches(type);
}

/** Whether there is something to attach programs of this type to. */
export function engineAttaches(type: string): boolean {
  return Object.values(TARGET_TYPES).flat().includes(type);
}

/** @throws {KernelError} EOPNOTSUPP for a program type that can be verified but that the engine does not run yet. */
export function requireRunnable(type: string): void {
  if (engineRuns(type)) return;
  throw new KernelError('EOPNOTSUPP', `the engine does not run programs of type ${type} yet`, {
    facts: { type },
    hint: 'it can be verified: skep verify',
    docs: 'reference.md',
  });
}
