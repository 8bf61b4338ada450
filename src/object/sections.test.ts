import { describe, expect, it } from 'vitest';
import { SECTIONS, sectionMeaning } from './sections.js';

/** One line for each: section, type, attach type, attach target, flags. */
const CASES = [
  'xdp | xdp | xdp | - |',
  'xdp.frags | xdp | xdp | - | frags',
  'xdp.frags/devmap | xdp | xdp_devmap | - | frags',
  'xdp/cpumap | xdp | xdp_cpumap | - |',
  'tc | sched_cls | - | - |',
  'tc/ingress | sched_cls | tcx_ingress | - |',
  'tcx/egress | sched_cls | tcx_egress | - |',
  'netkit/peer | sched_cls | netkit_peer | - |',
  'classifier | sched_cls | - | - |',
  'action | sched_act | - | - |',
  'socket | socket_filter | - | - |',
  'tracepoint/syscalls/sys_enter_openat | tracepoint | - | syscalls/sys_enter_openat |',
  'tp/sched/sched_switch | tracepoint | - | sched/sched_switch |',
  'tracepoint/tcp_v4_connect | tracepoint | - | tcp_v4_connect |',
  'raw_tp/sys_enter | raw_tracepoint | - | sys_enter |',
  'raw_tp.w/x | raw_tracepoint_writable | - | x |',
  'raw_tracepoint/sched_switch | raw_tracepoint | - | sched_switch |',
  'tp_btf/sched_switch | tracing | trace_raw_tp | sched_switch |',
  'kprobe/tcp_v4_connect | kprobe | - | tcp_v4_connect |',
  'kretprobe | kprobe | - | - |',
  'kprobe.multi/tcp_* | kprobe | trace_kprobe_multi | tcp_* |',
  'kprobe.session/x | kprobe | trace_kprobe_session | x |',
  'uprobe.s//bin/bash:readline | kprobe | - | /bin/bash:readline | sleepable',
  'uprobe.multi.s/x:y | kprobe | trace_uprobe_multi | x:y | sleepable',
  'usdt/libc.so.6:libc:setjmp | kprobe | - | libc.so.6:libc:setjmp |',
  'ksyscall/openat | kprobe | - | openat |',
  'fentry/tcp_v4_connect | tracing | trace_fentry | tcp_v4_connect |',
  'fexit.s/x | tracing | trace_fexit | x | sleepable',
  'fmod_ret/x | tracing | modify_return | x |',
  'freplace/handler | ext | - | handler |',
  'lsm.s/file_open | lsm | lsm_mac | file_open | sleepable',
  'lsm_cgroup/socket_bind | lsm | lsm_cgroup | socket_bind |',
  'iter/task | tracing | trace_iter | task |',
  'syscall | syscall | - | - | sleepable',
  'perf_event | perf_event | - | - |',
  'sockops | sock_ops | cgroup_sock_ops | - |',
  'sk_skb/stream_parser | sk_skb | sk_skb_stream_parser | - |',
  'sk_msg | sk_msg | sk_msg_verdict | - |',
  'sk_reuseport/migrate | sk_reuseport | sk_reuseport_select_or_migrate | - |',
  'sk_lookup | sk_lookup | sk_lookup | - |',
  'flow_dissector | flow_dissector | flow_dissector | - |',
  'cgroup_skb/egress | cgroup_skb | cgroup_inet_egress | - |',
  'cgroup/skb | cgroup_skb | - | - |',
  'cgroup/sock_create | cgroup_sock | cgroup_inet_sock_create | - |',
  'cgroup/connect4 | cgroup_sock_addr | cgroup_inet4_connect | - |',
  'cgroup/sendmsg6 | cgroup_sock_addr | cgroup_udp6_sendmsg | - |',
  'cgroup/getsockname_unix | cgroup_sock_addr | cgroup_unix_getsockname | - |',
  'cgroup/setsockopt | cgroup_sockopt | cgroup_setsockopt | - |',
  'cgroup/dev | cgroup_device | cgroup_device | - |',
  'struct_ops.s/init | struct_ops | - | init | sleepable',
  'netfilter | netfilter | netfilter | - |',
  'lwt_xmit | lwt_xmit | - | - |',
];

function line(section: string): string {
  const meaning = sectionMeaning(section);
  if (meaning === undefined) return `${section} | nothing`;
  const flags = [...(meaning.sleepable ? ['sleepable'] : []), ...(meaning.xdpFrags ? ['frags'] : [])];
  return [section, meaning.type, meaning.attachType ?? '-', meaning.attachTo ?? '-', flags.join(' ')]
    .join(' | ')
    .trimEnd();
}

describe('sectionMeaning', () => {
  it.each(CASES)('%s', (expected) => {
    expect(line(expected.split(' |')[0] ?? '')).toBe(expected);
  });

  it('takes the names of older loaders by their prefix', () => {
    const types = ['xdp_pass', 'socket1', 'classifier_ingress', 'tc_main', '7/2', '0x2a/0'].map(
      (section) => sectionMeaning(section)?.type,
    );
    expect(types).toEqual(['xdp', 'socket_filter', 'sched_cls', 'sched_cls', 'sched_cls', 'sched_cls']);
  });

  it.each(['.text', 'tcp_connect', 'xdpfoo', 'maps', '', 'kprobes/x', '/'])(
    'says nothing of %j',
    (section) => {
      expect(sectionMeaning(section)).toBeUndefined();
    },
  );

  it('has each prefix once', () => {
    const prefixes = SECTIONS.map(({ prefix }) => prefix);
    expect(prefixes).toEqual([...new Set(prefixes)]);
  });
});
