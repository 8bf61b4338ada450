import { cgroupDevice } from './cgroup-device.js';
import { cgroupSkb } from './cgroup-skb.js';
import { cgroupSock } from './cgroup-sock.js';
import { cgroupSockAddr } from './cgroup-sock-addr.js';
import { cgroupSockopt } from './cgroup-sockopt.js';
import { cgroupSysctl } from './cgroup-sysctl.js';
import { ext } from './ext.js';
import { flowDissector } from './flow-dissector.js';
import type { Hook } from './hook.js';
import { kprobe } from './kprobe.js';
import { lircMode2 } from './lirc-mode2.js';
import { lsm } from './lsm.js';
import { lwtIn, lwtOut, lwtSeg6local, lwtXmit } from './lwt.js';
import { netfilter } from './netfilter.js';
import { perfEvent } from './perf-event.js';
import { rawTracepoint } from './raw-tracepoint.js';
import { rawTracepointWritable } from './raw-tracepoint-writable.js';
import { schedAct } from './sched-act.js';
import { schedCls } from './sched-cls.js';
import { skLookup } from './sk-lookup.js';
import { skMsg } from './sk-msg.js';
import { skReuseport } from './sk-reuseport.js';
import { skSkb } from './sk-skb.js';
import { sockOps } from './sock-ops.js';
import { socketFilter } from './socket-filter.js';
import { structOps } from './struct-ops.js';
import { syscall } from './syscall.js';
import { tracepoint } from './tracepoint.js';
import { tracing } from './tracing.js';
import { xdp } from './xdp.js';

/** Every program type of Linux 6.18, in the order of Linux's numbers. */
export const HOOKS: readonly Hook[] = [
  socketFilter,
  kprobe,
  schedCls,
  schedAct,
  tracepoint,
  xdp,
  perfEvent,
  cgroupSkb,
  cgroupSock,
  lwtIn,
  lwtOut,
  lwtXmit,
  sockOps,
  skSkb,
  cgroupDevice,
  skMsg,
  rawTracepoint,
  cgroupSockAddr,
  lwtSeg6local,
  lircMode2,
  skReuseport,
  flowDissector,
  cgroupSysctl,
  rawTracepointWritable,
  cgroupSockopt,
  tracing,
  structOps,
  ext,
  lsm,
  skLookup,
  syscall,
  netfilter,
];

const BY_NAME = new Map(HOOKS.map((hook) => [hook.name, hook]));

/** The hook of a program type by bpftool's word; undefined when Linux 6.18 has no such type. */
export function hookByName(name: string): Hook | undefined {
  return BY_NAME.get(name);
}
