import { type HelperRow, INTEGER, SIZE, WRITE_MEM } from './row.js';

/** Who runs, and where. */
export const task: readonly HelperRow[] = [
  {
    name: 'bpf_get_smp_processor_id',
    since: '4.1',
    doc: 'The number of the CPU that runs the program.',
    args: [],
    returns: INTEGER,
  },
  {
    name: 'bpf_get_numa_node_id',
    since: '4.10',
    doc: 'The NUMA node of that CPU.',
    args: [],
    returns: INTEGER,
  },
  {
    name: 'bpf_get_current_pid_tgid',
    since: '4.2',
    doc: 'Process id (Linux: tgid) << 32 | thread id (Linux: pid) of the current task.',
    args: [],
    returns: INTEGER,
  },
  {
    name: 'bpf_get_current_uid_gid',
    since: '4.2',
    doc: 'Group id << 32 | user id of the current task.',
    args: [],
    returns: INTEGER,
  },
  {
    name: 'bpf_get_current_comm',
    since: '4.2',
    doc: 'Copies the name of the current task, at most 16 bytes with the closing zero; the rest is filled with zeros.',
    args: [WRITE_MEM, SIZE],
    returns: INTEGER,
  },
];
