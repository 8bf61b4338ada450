import { attachTypeById } from '../hooks/index.js';
import type { LinkInfo } from '../kernel/kernel.js';
import type { AttachTarget, NetfilterHook } from '../kernel/target.js';
import { INFO } from './bpf/info-layouts.js';
import { infoOf } from './bpf/object.js';
import { cgroupPath } from './sys/cgroups.js';
import { interfaceName } from './sys/devices.js';
import type { Fd } from './sys/fd.js';
import { cText, fill, type Values, type View } from './sys/layout.js';

type Info = View<(typeof INFO)['link']>;

/** What one type of link tells of its place. */
interface Place {
  readonly target: AttachTarget;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly ifindex?: number;
}

/** One row for each value of `enum bpf_link_type`: bpftool's word, and how its part of the info is read. */
interface LinkType {
  readonly name: string;
  /** A field with a name: where the kernel is to write it. */
  readonly text?: (buffer: Uint8Array) => Values<(typeof INFO)['link']>;
  readonly place: (info: Info, text: string) => Place;
}

const attachTypeName = (id: number): string => attachTypeById(id)?.name ?? String(id);

const device =
  (kind: 'tcx' | 'netkit') =>
  (info: Info): Place => {
    const ifindex = info.u32('ifindex');
    const attachType = attachTypeName(info.u32('device_attach_type'));
    const iface = interfaceName(ifindex) ?? `ifindex ${ifindex}`;
    const side = attachType.split('_')[1] ?? '';
    const target = (
      kind === 'tcx' ? { kind, iface, direction: side } : { kind, iface, side }
    ) as AttachTarget;
    return { target, ifindex, facts: { ifindex, devname: iface, attach_type: attachType } };
  };

const UNKNOWN: LinkType = {
  name: 'unknown',
  place: () => ({ target: { kind: 'tracing' }, facts: {} }),
};

/** In the order of their numbers. */
const LINK_TYPES: readonly LinkType[] = [
  UNKNOWN,
  {
    name: 'raw_tracepoint',
    text: (buffer) => ({ tp_name: buffer, tp_name_len: buffer.length }),
    place: (_, name) => ({ target: { kind: 'raw_tracepoint', name }, facts: { tp_name: name } }),
  },
  {
    name: 'tracing',
    place(info) {
      const attachType = attachTypeName(info.u32('tracing_attach_type'));
      return {
        target: { kind: 'tracing', attachType },
        facts: {
          attach_type: attachType,
          target_obj_id: info.u32('target_obj_id'),
          target_btf_id: info.u32('target_btf_id'),
        },
      };
    },
  },
  {
    name: 'cgroup',
    place(info) {
      const id = info.u64('cgroup_id');
      const attachType = attachTypeName(info.u32('cgroup_attach_type'));
      const path = cgroupPath(id) ?? `cgroup id ${id}`;
      return {
        target: { kind: 'cgroup', path, attachType },
        facts: { cgroup_id: Number(id), attach_type: attachType },
      };
    },
  },
  {
    name: 'iter',
    text: (buffer) => ({ iter_name: buffer, iter_name_len: buffer.length }),
    place(info, name) {
      const map = info.u32('iter_map_id');
      return {
        target: { kind: 'iter', name, ...(map === 0 ? {} : { map }) },
        facts: { target_name: name, ...(map === 0 ? {} : { map_id: map }) },
      };
    },
  },
  {
    name: 'netns',
    place(info) {
      const attachType = attachTypeName(info.u32('netns_attach_type'));
      return {
        target: { kind: 'netns', attachType },
        facts: { netns_ino: info.u32('netns_ino'), attach_type: attachType },
      };
    },
  },
  {
    name: 'xdp',
    place(info) {
      const ifindex = info.u32('ifindex');
      const iface = interfaceName(ifindex) ?? `ifindex ${ifindex}`;
      return { target: { kind: 'xdp', iface }, ifindex, facts: { ifindex, devname: iface } };
    },
  },
  {
    name: 'perf_event',
    text: (buffer) => ({ perf_name: buffer, perf_name_len: buffer.length }),
    place: perfEvent,
  },
  {
    name: 'kprobe_multi',
    place(info) {
      const count = info.u32('multi_count');
      const returns = (info.u32('multi_flags') & 1) === 1 ? { returns: true } : {};
      return {
        target: { kind: 'kprobe_multi', functions: [`${count} functions`], ...returns },
        facts: { retprobe: returns.returns ? 1 : 0, func_cnt: count },
      };
    },
  },
  {
    name: 'struct_ops',
    place: (info) => ({
      target: { kind: 'struct_ops', map: info.u32('map_id') },
      facts: { map_id: info.u32('map_id') },
    }),
  },
  { name: 'netfilter', place: netfilter },
  { name: 'tcx', place: device('tcx') },
  {
    name: 'uprobe_multi',
    place: () => ({ target: { kind: 'uprobe', file: 'several places' }, facts: {} }),
  },
  { name: 'netkit', place: device('netkit') },
  {
    name: 'sockmap',
    place(info) {
      const map = info.u32('map_id');
      const attachType = attachTypeName(info.u32('map_attach_type'));
      return {
        target: { kind: 'sockmap', map, attachType },
        facts: { map_id: map, attach_type: attachType },
      };
    },
  },
];

const HOOKS: readonly NetfilterHook[] = ['prerouting', 'input', 'forward', 'output', 'postrouting'];
const NFPROTO_IPV6 = 10;

function netfilter(info: Info): Place {
  const [pf, hooknum, priority] = [info.u32('pf'), info.u32('hooknum'), info.i32('priority')];
  const family = pf === NFPROTO_IPV6 ? 'ipv6' : 'ipv4';
  return {
    target: { kind: 'netfilter', family, hook: HOOKS[hooknum] ?? 'input', priority },
    facts: { pf, hook: hooknum, prio: priority, flags: info.u32('netfilter_flags') },
  };
}

/** `enum bpf_perf_event_type`; zero from kernels before 6.6, which do not tell. */
const PERF = { uprobe: 1, uretprobe: 2, kprobe: 3, kretprobe: 4, tracepoint: 5, event: 6 } as const;

function perfEvent(info: Info, name: string): Place {
  const type = info.u32('perf_type');
  const offset = info.u32('perf_offset');
  const place = offset === 0 ? {} : { offset };
  switch (type) {
    case PERF.uprobe:
    case PERF.uretprobe: {
      const returns = type === PERF.uretprobe;
      return {
        target: { kind: 'uprobe', file: name, offset, ...(returns ? { returns } : {}) },
        facts: { [returns ? 'uretprobe' : 'uprobe']: `${name}+0x${offset.toString(16)}` },
      };
    }
    case PERF.kprobe:
    case PERF.kretprobe: {
      const returns = type === PERF.kretprobe;
      return {
        target: { kind: 'kprobe', function: name, ...place, ...(returns ? { returns } : {}) },
        facts: { [returns ? 'kretprobe' : 'kprobe']: name },
      };
    }
    case PERF.tracepoint:
      return { target: { kind: 'tracepoint', name }, facts: { tracepoint: name } };
    case PERF.event:
      return {
        target: { kind: 'perf_event', event: eventName(info), frequency: 0 },
        facts: { event: eventName(info) },
      };
    default:
      return { target: { kind: 'tracing', attachType: 'perf_event' }, facts: {} };
  }
}

function eventName(info: Info): 'cpu_clock' | 'task_clock' | 'cpu_cycles' {
  if (info.u32('event_type') === 0) return 'cpu_cycles';
  return info.u64('event_config') === 1n ? 'task_clock' : 'cpu_clock';
}

/** What the kernel tells of a link. @throws {KernelError} */
export function linkInfo(fd: Fd): LinkInfo {
  const first = infoOf('link', fd);
  const type = LINK_TYPES[first.u32('type')] ?? UNKNOWN;
  let info = first;
  let text = '';
  if (type.text !== undefined && hasText(first)) {
    const buffer = new Uint8Array(new ArrayBuffer(256));
    info = infoOf('link', fd, fill(INFO.link, type.text(buffer)).bytes);
    text = cText(buffer);
  }
  const { target, facts, ifindex } = type.place(info, text);
  return {
    id: info.u32('id'),
    type: type.name,
    programId: info.u32('prog_id'),
    target,
    facts,
    ...(ifindex === undefined ? {} : { ifindex }),
  };
}

/** Events that have no name refuse to be asked for one. */
function hasText(info: Info): boolean {
  return LINK_TYPES[info.u32('type')]?.name !== 'perf_event' || info.u32('perf_type') !== PERF.event;
}

/** The attachment is over, though somebody still holds the link. */
export function isDetached(info: LinkInfo): boolean {
  return info.ifindex === 0 || info.facts?.['cgroup_id'] === 0 || info.facts?.['netns_ino'] === 0;
}
