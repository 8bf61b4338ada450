import { HOOKS } from '../hooks/index.js';

/**
 * Section names: which program type, attach type and flags each means. A hook that skep knows in full says so in its
 * own file (`Hook.sections`); the types without one are in the table here, and leave it when they get theirs. Source:
 * libbpf 1.6 `section_defs`, and for older objects the prefix matching of libbpf 0.x and iproute2.
 */

/** What a section name says of the programs in it. Words are bpftool's. */
export interface SectionMeaning {
  readonly type: string;
  readonly attachType?: string;
  readonly sleepable: boolean;
  readonly xdpFrags: boolean;
  /** What follows the slash after the prefix. */
  readonly attachTo?: string;
}

export interface SectionRow {
  readonly prefix: string;
  readonly type: string;
  readonly attachType?: string;
  /** Whether `prefix/rest` is allowed. */
  readonly rest: 'none' | 'optional' | 'required';
  readonly sleepable?: boolean;
}

const plain = (prefix: string, type: string, attachType?: string): SectionRow => ({
  prefix,
  type,
  rest: 'none',
  ...(attachType === undefined ? {} : { attachType }),
});
const open = (prefix: string, type: string, attachType?: string): SectionRow => ({
  ...plain(prefix, type, attachType),
  rest: 'optional',
});
/** A prefix and its sleepable twin `prefix.s`. */
const twice = (prefix: string, type: string, attachType?: string): SectionRow[] => [
  open(prefix, type, attachType),
  { ...open(`${prefix}.s`, type, attachType), sleepable: true },
];
const forFamilies = (call: string, word: string): SectionRow[] =>
  ['4', '6'].map((family) =>
    plain(`cgroup/${call}${family}`, 'cgroup_sock_addr', `cgroup_${word.replace('#', family)}`),
  );
const forUnix = (call: string): SectionRow =>
  plain(`cgroup/${call}_unix`, 'cgroup_sock_addr', `cgroup_unix_${call}`);

const REMAINING: readonly SectionRow[] = [
  plain('sk_reuseport/migrate', 'sk_reuseport', 'sk_reuseport_select_or_migrate'),
  plain('sk_reuseport', 'sk_reuseport', 'sk_reuseport_select'),
  open('kprobe', 'kprobe'),
  open('kretprobe', 'kprobe'),
  ...twice('uprobe', 'kprobe'),
  ...twice('uretprobe', 'kprobe'),
  open('kprobe.multi', 'kprobe', 'trace_kprobe_multi'),
  open('kretprobe.multi', 'kprobe', 'trace_kprobe_multi'),
  open('kprobe.session', 'kprobe', 'trace_kprobe_session'),
  ...twice('uprobe.multi', 'kprobe', 'trace_uprobe_multi'),
  ...twice('uretprobe.multi', 'kprobe', 'trace_uprobe_multi'),
  ...twice('uprobe.session', 'kprobe', 'trace_uprobe_session'),
  open('ksyscall', 'kprobe'),
  open('kretsyscall', 'kprobe'),
  ...twice('usdt', 'kprobe'),
  open('raw_tracepoint.w', 'raw_tracepoint_writable'),
  open('raw_tp.w', 'raw_tracepoint_writable'),
  open('tp_btf', 'tracing', 'trace_raw_tp'),
  ...twice('fentry', 'tracing', 'trace_fentry'),
  ...twice('fmod_ret', 'tracing', 'modify_return'),
  ...twice('fexit', 'tracing', 'trace_fexit'),
  open('freplace', 'ext'),
  ...twice('lsm', 'lsm', 'lsm_mac'),
  open('lsm_cgroup', 'lsm', 'lsm_cgroup'),
  ...twice('iter', 'tracing', 'trace_iter'),
  { ...plain('syscall', 'syscall'), sleepable: true },
  plain('perf_event', 'perf_event'),
  plain('lwt_in', 'lwt_in'),
  plain('lwt_out', 'lwt_out'),
  plain('lwt_xmit', 'lwt_xmit'),
  plain('lwt_seg6local', 'lwt_seg6local'),
  plain('sockops', 'sock_ops', 'cgroup_sock_ops'),
  plain('sk_skb/stream_parser', 'sk_skb', 'sk_skb_stream_parser'),
  plain('sk_skb/stream_verdict', 'sk_skb', 'sk_skb_stream_verdict'),
  plain('sk_skb/verdict', 'sk_skb', 'sk_skb_verdict'),
  plain('sk_skb', 'sk_skb'),
  plain('sk_msg', 'sk_msg', 'sk_msg_verdict'),
  plain('lirc_mode2', 'lirc_mode2', 'lirc_mode2'),
  plain('flow_dissector', 'flow_dissector', 'flow_dissector'),
  plain('cgroup_skb/ingress', 'cgroup_skb', 'cgroup_inet_ingress'),
  plain('cgroup_skb/egress', 'cgroup_skb', 'cgroup_inet_egress'),
  plain('cgroup/skb', 'cgroup_skb'),
  plain('cgroup/sock_create', 'cgroup_sock', 'cgroup_inet_sock_create'),
  plain('cgroup/sock_release', 'cgroup_sock', 'cgroup_inet_sock_release'),
  plain('cgroup/sock', 'cgroup_sock', 'cgroup_inet_sock_create'),
  plain('cgroup/post_bind4', 'cgroup_sock', 'cgroup_inet4_post_bind'),
  plain('cgroup/post_bind6', 'cgroup_sock', 'cgroup_inet6_post_bind'),
  ...forFamilies('bind', 'inet#_bind'),
  ...forFamilies('connect', 'inet#_connect'),
  ...forFamilies('sendmsg', 'udp#_sendmsg'),
  ...forFamilies('recvmsg', 'udp#_recvmsg'),
  ...forFamilies('getpeername', 'inet#_getpeername'),
  ...forFamilies('getsockname', 'inet#_getsockname'),
  ...['connect', 'sendmsg', 'recvmsg', 'getpeername', 'getsockname'].map(forUnix),
  plain('cgroup/sysctl', 'cgroup_sysctl', 'cgroup_sysctl'),
  plain('cgroup/getsockopt', 'cgroup_sockopt', 'cgroup_getsockopt'),
  plain('cgroup/setsockopt', 'cgroup_sockopt', 'cgroup_setsockopt'),
  plain('cgroup/dev', 'cgroup_device', 'cgroup_device'),
  ...twice('struct_ops', 'struct_ops'),
  plain('sk_lookup', 'sk_lookup', 'sk_lookup'),
  plain('netfilter', 'netfilter', 'netfilter'),
];

export const SECTIONS: readonly SectionRow[] = [
  ...HOOKS.flatMap((hook) => hook.sections.map((rule) => ({ ...rule, type: hook.name }))),
  ...REMAINING,
];

/** The rows of one program type, longest prefix first. */
export function sectionsOf(type: string): readonly SectionRow[] {
  return SECTIONS.filter((row) => row.type === type).sort((a, b) => b.prefix.length - a.prefix.length);
}

/** XDP programs that take packets in several buffers say so in their section's name. */
const FRAGS = 'xdp.frags';

const BY_PREFIX = new Map(SECTIONS.map((row) => [row.prefix, row]));

/**
 * What a section name means, or undefined when it says nothing. libbpf 1.x's rule comes first; then, for older
 * objects, the longest prefix that a `_`, `/`, `-` or digit follows (`xdp_pass`, `socket1`, `classifier/ingress`), and
 * iproute2's `3/0` (map id and slot of a tail call), which are classifiers.
 *
 * @param name without libbpf's leading `?`.
 */
export function sectionMeaning(name: string): SectionMeaning | undefined {
  const exact = BY_PREFIX.get(name);
  if (exact !== undefined && exact.rest !== 'required') return meaning(exact);
  for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
    const row = BY_PREFIX.get(name.slice(0, at));
    if (row !== undefined && row.rest !== 'none') return meaning(row, name.slice(at + 1));
  }
  if (tailCallSlot(name) !== undefined) return { type: 'sched_cls', sleepable: false, xdpFrags: false };
  return byOldPrefix(name);
}

function byOldPrefix(name: string): SectionMeaning | undefined {
  const rows = SECTIONS.filter(
    ({ prefix }) => name.startsWith(prefix) && /[_/\-0-9]/.test(name[prefix.length] ?? ''),
  );
  const row = rows.sort((a, b) => b.prefix.length - a.prefix.length)[0];
  return row && meaning(row);
}

function meaning(row: SectionRow, attachTo?: string): SectionMeaning {
  return {
    type: row.type,
    sleepable: row.sleepable === true,
    xdpFrags: row.type === 'xdp' && row.prefix.startsWith(FRAGS),
    ...(row.attachType === undefined ? {} : { attachType: row.attachType }),
    ...(attachTo === undefined || attachTo === '' ? {} : { attachTo }),
  };
}

/** iproute2's section name of a tail-call target: `MAP_ID/SLOT`, both decimal or 0x-hexadecimal. */
export function tailCallSlot(name: string): { readonly mapId: number; readonly slot: number } | undefined {
  const found = /^(0x[0-9a-f]+|\d+)\/(0x[0-9a-f]+|\d+)$/i.exec(name);
  return found === null ? undefined : { mapId: Number(found[1]), slot: Number(found[2]) };
}
