import { KernelError } from '../errors/errno.js';

/**
 * Where programs are attached. One union for all kernels; a kernel refuses by name what it does not have.
 * `cookie` is what `bpf_get_attach_cookie` gives the program (Linux 5.15).
 */
export type AttachTarget =
  | DeviceTarget
  | TracingTarget
  /** Processes of a cgroup (version 2) and those below it. `attachType` is bpftool's word or name. */
  | { readonly kind: 'cgroup'; readonly path: string; readonly attachType: string }
  /** A network namespace: `sk_lookup` or `flow_dissector`. Default: the namespace of the caller. */
  | { readonly kind: 'netns'; readonly attachType: string; readonly path?: string }
  | {
      readonly kind: 'netfilter';
      readonly family: 'ipv4' | 'ipv6';
      readonly hook: NetfilterHook;
      /** Lower ones run first; neither of the two extremes of 32 bits. */
      readonly priority: number;
      /** Put fragments together first. */
      readonly defragment?: boolean;
    }
  /** Sockets in a sockmap or sockhash: `sk_msg_verdict`, `sk_skb_verdict`, `sk_skb_stream_parser`, `…_verdict`. */
  | { readonly kind: 'sockmap'; readonly map: number; readonly attachType: string }
  /** A struct_ops map, registered with the kernel. */
  | { readonly kind: 'struct_ops'; readonly map: number }
  /** Packet sockets; without a device, of all. */
  | { readonly kind: 'socket'; readonly iface?: string };

export type NetfilterHook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

type DeviceTarget =
  | {
      readonly kind: 'xdp';
      readonly iface: string;
      readonly mode?: 'generic' | 'driver' | 'offload';
      /** Take the place of the program that is there, in one step. */
      readonly replace?: boolean;
    }
  | { readonly kind: 'tcx'; readonly iface: string; readonly direction: 'ingress' | 'egress' }
  /** A filter of the clsact discipline: what kernels before 6.6 have in place of tcx. Has no link id on Linux. */
  | {
      readonly kind: 'tc';
      readonly iface: string;
      readonly direction: 'ingress' | 'egress';
      readonly priority?: number;
    }
  | { readonly kind: 'netkit'; readonly iface: string; readonly side: 'primary' | 'peer' };

type TracingTarget =
  | {
      readonly kind: 'tracepoint';
      readonly category?: string;
      readonly name: string;
      readonly cookie?: bigint;
    }
  | { readonly kind: 'raw_tracepoint'; readonly name: string; readonly cookie?: bigint }
  /**
   * What the program was loaded for: tp_btf, fentry, fexit, fmod_ret, lsm, freplace. A link says the attach type and,
   * where the kernel tells, the function.
   */
  | { readonly kind: 'tracing'; readonly attachType?: string; readonly function?: string }
  | {
      readonly kind: 'kprobe';
      readonly function: string;
      /** Bytes behind the function's start. */
      readonly offset?: number;
      /** Run when the function returns. */
      readonly returns?: boolean;
      readonly cookie?: bigint;
    }
  /** Many functions at once; a name may hold `*` and `?`. */
  | { readonly kind: 'kprobe_multi'; readonly functions: readonly string[]; readonly returns?: boolean }
  | {
      readonly kind: 'uprobe';
      /** The program or library: a path, or a library's file name. */
      readonly file: string;
      readonly function?: string;
      /** Bytes behind the function's start, or, without one, in the file. */
      readonly offset?: number;
      readonly returns?: boolean;
      /** Only this process; default all. */
      readonly pid?: number;
      readonly cookie?: bigint;
    }
  /** A sampling clock. */
  | {
      readonly kind: 'perf_event';
      readonly event: 'cpu_clock' | 'task_clock' | 'cpu_cycles';
      /** Samples a second. */
      readonly frequency: number;
      /** Only this process; default all. */
      readonly pid?: number;
      /** Only this CPU; default all that are online. */
      readonly cpu?: number;
    }
  /** The objects of a kind, one after the other, for each reader. `map` for iterators over a map's entries. */
  | { readonly kind: 'iter'; readonly name?: string; readonly map?: number };

/** A target as it is written on the command line and in messages: `xdp dev eth0`, `tracepoint/tcp_v4_connect`. */
export function targetText(target: AttachTarget): string {
  switch (target.kind) {
    case 'xdp':
      return `xdp dev ${target.iface}`;
    case 'tcx':
    case 'tc':
      return `${target.kind}_${target.direction} dev ${target.iface}`;
    case 'netkit':
      return `netkit_${target.side} dev ${target.iface}`;
    case 'socket':
      return target.iface === undefined ? 'socket' : `socket dev ${target.iface}`;
    case 'cgroup':
      return `cgroup/${target.attachType} ${target.path}`;
    case 'netns':
      return target.path === undefined ? target.attachType : `${target.attachType} ${target.path}`;
    case 'netfilter':
      return `netfilter/${target.family}/${target.hook} priority ${target.priority}`;
    case 'sockmap':
      return `${target.attachType} map id ${target.map}`;
    case 'struct_ops':
      return `struct_ops map id ${target.map}`;
    default:
      return tracingText(target);
  }
}

function tracingText(target: TracingTarget): string {
  switch (target.kind) {
    case 'tracepoint':
      return `tracepoint/${target.category === undefined ? '' : `${target.category}/`}${target.name}`;
    case 'raw_tracepoint':
      return `raw_tracepoint/${target.name}`;
    case 'tracing':
      return [target.attachType ?? 'tracing', target.function].filter(Boolean).join('/');
    case 'kprobe':
      return `${target.returns ? 'kretprobe' : 'kprobe'}/${place(target.function, target.offset)}`;
    case 'kprobe_multi':
      return `${target.returns ? 'kretprobe' : 'kprobe'}.multi/${target.functions.join(',')}`;
    case 'uprobe':
      return `${target.returns ? 'uretprobe' : 'uprobe'}/${target.file}:${place(target.function, target.offset)}`;
    case 'perf_event':
      return `perf_event/${target.event}`;
    case 'iter':
      return (
        ['iter', target.name].filter(Boolean).join('/') +
        (target.map === undefined ? '' : ` map id ${target.map}`)
      );
    default:
      return target satisfies never;
  }
}

function place(name: string | undefined, offset: number | undefined): string {
  if (name === undefined) return `0x${(offset ?? 0).toString(16)}`;
  return offset ? `${name}+0x${offset.toString(16)}` : name;
}

/** Linux's word for the link that an attachment to a target is, as bpftool prints it. */
export const LINK_TYPES = {
  xdp: 'xdp',
  tcx: 'tcx',
  tc: 'tc',
  netkit: 'netkit',
  tracepoint: 'perf_event',
  raw_tracepoint: 'raw_tracepoint',
  tracing: 'tracing',
  kprobe: 'perf_event',
  kprobe_multi: 'kprobe_multi',
  uprobe: 'perf_event',
  perf_event: 'perf_event',
  iter: 'iter',
  cgroup: 'cgroup',
  netns: 'netns',
  netfilter: 'netfilter',
  sockmap: 'sockmap',
  struct_ops: 'struct_ops',
  socket: 'socket',
} as const satisfies Readonly<Record<AttachTarget['kind'], string>>;

/** Kinds of links whose program can be replaced; Linux 5.7 (cgroups), 5.9 (devices, namespaces), 6.10 (sockets in maps). */
const REPLACEABLE: ReadonlySet<AttachTarget['kind']> = new Set([
  'xdp',
  'tcx',
  'netkit',
  'cgroup',
  'netns',
  'sockmap',
  'struct_ops',
]);

/** @throws {KernelError} EINVAL for a link that keeps its program */
export function requireReplaceable(target: AttachTarget): void {
  if (REPLACEABLE.has(target.kind)) return;
  throw new KernelError('EINVAL', `a link at ${targetText(target)} keeps its program`, {
    facts: { target },
    hint: 'attach the other program, then detach this link',
  });
}
