import type { Tracepoint, TracepointField } from '../tracepoints.js';
import { SYSCALL_TRACEPOINTS } from './syscalls.js';

/** `declaration @ offset : size`, with a trailing `s` when it is signed. */
function field(text: string): TracepointField {
  const match = /^(?<declaration>.+) @(?<offset>\d+):(?<size>\d+)(?<signed>s?)$/.exec(text);
  const { declaration = '', offset, size, signed } = match?.groups ?? {};
  return { declaration, offset: Number(offset), size: Number(size), signed: signed === 's' };
}

function event(
  title: string,
  doc: string,
  fields: readonly string[],
  rawArgs: readonly string[],
  print = '',
): Tracepoint {
  const [category = '', name = ''] = title.split('/');
  return { category, name, doc, engineOnly: false, fields: fields.map(field), print, rawArgs };
}

const ENDS = (from: number, wide: number): string[] => [
  `__u16 sport @${from}:2`,
  `__u16 dport @${from + 2}:2`,
  `__u16 family @${from + 4}:2`,
  `__u8 saddr[4] @${from + 6}:4`,
  `__u8 daddr[4] @${from + 10}:4`,
  `__u8 saddr_v6[16] @${from + 14}:${wide}`,
  `__u8 daddr_v6[16] @${from + 30}:${wide}`,
];
const DEVICE = ['void * skbaddr @8:8', 'unsigned int len @16:4'];

/** What the simulated world fires besides what a replay does, as tracefs of Linux 6.18 lays it out. */
export const WORLD_TRACEPOINTS: readonly Tracepoint[] = [
  event(
    'tcp/tcp_retransmit_skb',
    'A TCP segment is sent again, because nobody acknowledged it in time.',
    [
      'const void * skbaddr @8:8',
      'const void * skaddr @16:8',
      'int state @24:4s',
      ...ENDS(28, 16),
      'int err @76:4s',
    ],
    ['const struct sock *sk', 'const struct sk_buff *skb', 'int err'],
    '"skaddr=%p sport=%hu dport=%hu state=%d err=%d", REC->skaddr, REC->sport, REC->dport, REC->state, REC->err',
  ),
  event(
    'tcp/tcp_receive_reset',
    'A connection is reset by its other end.',
    ['const void * skaddr @8:8', ...ENDS(16, 16), '__u64 sock_cookie @64:8'],
    ['struct sock *sk'],
    '"sport=%hu dport=%hu", REC->sport, REC->dport',
  ),
  event(
    'tcp/tcp_destroy_sock',
    'A TCP socket is gone.',
    ['const void * skaddr @8:8', ...ENDS(16, 16), '__u64 sock_cookie @64:8'],
    ['struct sock *sk'],
    '"sport=%hu dport=%hu", REC->sport, REC->dport',
  ),
  event(
    'net/net_dev_start_xmit',
    'A device is about to send a packet.',
    [
      '__data_loc char[] name @8:4',
      'u16 queue_mapping @12:2',
      'const void * skbaddr @16:8',
      'u16 protocol @30:2',
      'unsigned int len @36:4',
    ],
    ['const struct sk_buff *skb', 'const struct net_device *dev'],
    '"dev=%s len=%u", __get_str(name), REC->len',
  ),
  event(
    'net/net_dev_xmit',
    'A device has sent a packet.',
    [...DEVICE, 'int rc @20:4s', '__data_loc char[] name @24:4'],
    ['struct sk_buff *skb', 'int rc', 'struct net_device *dev', 'unsigned int skb_len'],
    '"dev=%s skbaddr=%p len=%u rc=%d", __get_str(name), REC->skbaddr, REC->len, REC->rc',
  ),
  event(
    'xdp/xdp_exception',
    'An XDP program returned XDP_ABORTED, or what is no verdict.',
    ['int prog_id @8:4s', 'u32 act @12:4', 'int ifindex @16:4s'],
    ['const struct net_device *dev', 'const struct bpf_prog *xdp', 'u32 act'],
    '"prog_id=%d act=%d ifindex=%d", REC->prog_id, REC->act, REC->ifindex',
  ),
  event(
    'xdp/xdp_redirect',
    'A frame was redirected by an XDP program.',
    [
      'int prog_id @8:4s',
      'u32 act @12:4',
      'int ifindex @16:4s',
      'int err @20:4s',
      'int to_ifindex @24:4s',
      'u32 map_id @28:4',
      'int map_index @32:4s',
    ],
    ['const struct net_device *dev'],
    '"prog_id=%d ifindex=%d to_ifindex=%d err=%d", REC->prog_id, REC->ifindex, REC->to_ifindex, REC->err',
  ),
  event(
    'sched/sched_process_fork',
    'A task made another.',
    [
      '__data_loc char[] parent_comm @8:4',
      'pid_t parent_pid @12:4s',
      '__data_loc char[] child_comm @16:4',
      'pid_t child_pid @20:4s',
    ],
    ['struct task_struct *parent', 'struct task_struct *child'],
    '"comm=%s pid=%d child_comm=%s child_pid=%d", __get_str(parent_comm), REC->parent_pid, __get_str(child_comm), REC->child_pid',
  ),
  event(
    'sched/sched_process_exec',
    'A task runs another program.',
    ['__data_loc char[] filename @8:4', 'pid_t pid @12:4s', 'pid_t old_pid @16:4s'],
    ['struct task_struct *p', 'pid_t old_pid', 'struct linux_binprm *bprm'],
    '"filename=%s pid=%d old_pid=%d", __get_str(filename), REC->pid, REC->old_pid',
  ),
  event(
    'sched/sched_process_exit',
    'A task ends.',
    ['char comm[16] @8:16', 'pid_t pid @24:4s', 'int prio @28:4s', 'bool group_dead @32:1'],
    ['struct task_struct *p', 'bool group_dead'],
    '"comm=%s pid=%d prio=%d", REC->comm, REC->pid, REC->prio',
  ),
  event(
    'task/task_newtask',
    'A task was made, and has not run yet.',
    ['pid_t pid @8:4s', 'char comm[16] @12:16', 'u64 clone_flags @32:8', 'short oom_score_adj @40:2s'],
    ['struct task_struct *task', 'u64 clone_flags'],
    '"pid=%d comm=%s", REC->pid, REC->comm',
  ),
  event(
    'raw_syscalls/sys_enter',
    'A simulated task makes a system call.',
    ['long id @8:8s', 'unsigned long args[6] @16:48'],
    ['struct pt_regs *regs', 'long id'],
    '"NR %ld", REC->id',
  ),
  event(
    'raw_syscalls/sys_exit',
    'A system call returns.',
    ['long id @8:8s', 'long ret @16:8s'],
    ['struct pt_regs *regs', 'long ret'],
    '"NR %ld = %ld", REC->id, REC->ret',
  ),
  ...SYSCALL_TRACEPOINTS,
];
