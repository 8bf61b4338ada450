import {
  ANYTHING,
  CONST_MAP,
  CTX,
  type HelperRow,
  kernelStruct,
  pointer,
  row,
  SIZE,
  SIZE_OR_ZERO,
  WRITE_MEM,
} from './row.js';

const TASK = kernelStruct('task_struct');
const PERCPU = {
  kind: 'pointer',
  types: ['percpu_ptr_', 'percpu_rcu_ptr_', 'percpu_trusted_ptr_'],
} as const;
const SLEEPS = { mightSleep: true } as const;

/** Tasks, cgroups, signals, counters, stacks, and pointers to the kernel's own structs. */
export const kernelObjects: readonly HelperRow[] = [
  row('get_current_task', '4.8', 'The address of the task that runs, as a number.', []),
  row(
    'get_current_task_btf',
    '5.11',
    'The task that runs, as a struct task_struct whose members can be read.',
    [],
    pointer('trusted_ptr_task_struct'),
  ),
  row(
    'task_pt_regs',
    '5.15',
    'The registers of a task at its entry into the kernel.',
    [TASK],
    pointer('ptr_pt_regs'),
  ),
  row(
    'current_task_under_cgroup',
    '4.9',
    'Whether the task is in the cgroup at an index of a cgroup_array, or below it.',
    [CONST_MAP, ANYTHING],
  ),
  row('get_current_cgroup_id', '4.18', 'The id of the task’s cgroup.', []),
  row(
    'get_current_ancestor_cgroup_id',
    '5.7',
    'The id of the ancestor at a level, the root being 0, of the task’s cgroup.',
    [ANYTHING],
  ),
  row(
    'get_ns_current_pid_tgid',
    '5.7',
    'The task’s ids in the pid namespace that a device and inode name, as a struct bpf_pidns_info.',
    [ANYTHING, ANYTHING, WRITE_MEM, SIZE],
  ),
  row('send_signal', '5.3', 'Sends a signal to the process of the task that runs.', [ANYTHING]),
  row('send_signal_thread', '5.5', 'Sends a signal to the thread that runs.', [ANYTHING]),
  row(
    'perf_event_read',
    '4.3',
    'The value of the counter at an index of a perf_event_array; errors cannot be told from it.',
    [CONST_MAP, ANYTHING],
  ),
  row('perf_event_read_value', '4.15', 'Fills a struct bpf_perf_event_value with a counter and its times.', [
    CONST_MAP,
    ANYTHING,
    WRITE_MEM,
    SIZE,
  ]),
  row(
    'perf_prog_read_value',
    '4.15',
    'Fills a struct bpf_perf_event_value with the counter of the event that the program is attached to.',
    [CTX, WRITE_MEM, SIZE],
  ),
  row('read_branch_records', '5.6', 'Copies the branches that the processor recorded for the sample.', [
    CTX,
    { kind: 'mem', uninit: true, nullable: true },
    SIZE_OR_ZERO,
    ANYTHING,
  ]),
  row('get_branch_snapshot', '5.16', 'Copies the branches that the processor recorded last.', [
    WRITE_MEM,
    SIZE_OR_ZERO,
    ANYTHING,
  ]),
  row('get_stackid', '4.6', 'Walks the stack and returns its id in a stack_trace map.', [
    CTX,
    CONST_MAP,
    ANYTHING,
  ]),
  row('get_stack', '4.18', 'Copies the return addresses on the stack; returns how many bytes.', [
    CTX,
    WRITE_MEM,
    SIZE_OR_ZERO,
    ANYTHING,
  ]),
  row('get_task_stack', '5.9', 'As bpf_get_stack, for another task.', [
    TASK,
    WRITE_MEM,
    SIZE_OR_ZERO,
    ANYTHING,
  ]),
  row('get_attach_cookie', '5.15', 'The number that was given when the program was attached.', [CTX]),
  row(
    'per_cpu_ptr',
    '5.10',
    'The copy of a per-CPU variable that belongs to a CPU, or null when there is none.',
    [PERCPU, ANYTHING],
    pointer('ptr_or_null_'),
  ),
  row(
    'this_cpu_ptr',
    '5.10',
    'The copy of a per-CPU variable that belongs to this CPU.',
    [PERCPU],
    pointer('ptr_'),
  ),
  row(
    'kptr_xchg',
    '5.19',
    'Puts a reference into a map’s value and takes out the one that was there.',
    [
      { kind: 'kptr' },
      { kind: 'pointer', types: ['ptr_', 'trusted_ptr_', 'rcu_ptr_'], nullable: true, release: true },
    ],
    { ...pointer('ptr_or_null_'), acquires: true },
  ),
  row(
    'copy_from_user',
    '5.10',
    'Copies memory of user space, and may sleep for it.',
    [WRITE_MEM, SIZE_OR_ZERO, ANYTHING],
    SLEEPS,
  ),
  row(
    'copy_from_user_task',
    '5.18',
    'Copies memory of another task’s user space, and may sleep for it.',
    [WRITE_MEM, SIZE_OR_ZERO, ANYTHING, TASK, ANYTHING],
    SLEEPS,
  ),
  row(
    'sock_from_file',
    '5.11',
    'The socket of a struct file, or null when it is none.',
    [kernelStruct('file')],
    pointer('ptr_or_null_socket'),
  ),
  row('skb_output', '5.5', 'As bpf_perf_event_output, with bytes of a packet behind the data.', [
    kernelStruct('sk_buff'),
    CONST_MAP,
    ANYTHING,
    { kind: 'mem', readonly: true },
    SIZE_OR_ZERO,
  ]),
  row('xdp_output', '5.6', 'As bpf_perf_event_output, with bytes of a frame behind the data.', [
    kernelStruct('xdp_buff'),
    CONST_MAP,
    ANYTHING,
    { kind: 'mem', readonly: true },
    SIZE_OR_ZERO,
  ]),
];
