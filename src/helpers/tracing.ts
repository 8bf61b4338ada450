import {
  ANYTHING,
  CONST_MAP,
  CTX,
  type HelperRow,
  INTEGER,
  READ_MEM,
  READ_MEM_OR_NULL,
  row,
  SIZE,
  SIZE_OR_ZERO,
  WRITE_MEM,
} from './row.js';

function probe(name: string, since: string, doc: string): HelperRow {
  return { name, since, doc, args: [WRITE_MEM, SIZE_OR_ZERO, ANYTHING], returns: INTEGER };
}

const COPY = 'Copies bytes from an address that need not be valid; -EFAULT and zeros when it is not.';
const COPY_STRING =
  'Copies a string from an address that need not be valid, cut to the size given, always ended by a zero; the bytes written, or -EFAULT.';

const NEAR_NULL = ' -ERANGE near null.';

/** Telling user space, and reading what pointers in the kernel point to. */
export const tracing: readonly HelperRow[] = [
  {
    name: 'bpf_trace_printk',
    since: '4.1',
    doc: 'Prints a line with at most three numbers or strings to the trace pipe; the bytes printed, or -EINVAL for a bad format.',
    // As in Linux, nothing is asked of r3, r4 and r5.
    args: [READ_MEM, SIZE],
    returns: INTEGER,
  },
  {
    name: 'bpf_trace_vprintk',
    since: '5.16',
    doc: 'As bpf_trace_printk, with up to 12 arguments in an array of u64.',
    args: [READ_MEM, SIZE, READ_MEM_OR_NULL, SIZE_OR_ZERO],
    returns: INTEGER,
  },
  {
    name: 'bpf_perf_event_output',
    since: '4.4',
    doc: 'Sends a record to user space through a perf ring. Flags: the index in the map, or BPF_F_CURRENT_CPU; for packets, how many of their bytes follow the data << 32.',
    args: [CTX, CONST_MAP, ANYTHING, READ_MEM, SIZE_OR_ZERO],
    returns: INTEGER,
  },
  row('probe_write_user', '4.8', 'Writes to memory of the task that runs: for experiments, and logged.', [
    ANYTHING,
    READ_MEM,
    SIZE,
  ]),
  probe('bpf_probe_read', '4.1', COPY),
  probe('bpf_probe_read_str', '4.11', COPY_STRING),
  probe('bpf_probe_read_user', '5.5', COPY),
  probe('bpf_probe_read_kernel', '5.5', COPY + NEAR_NULL),
  probe('bpf_probe_read_user_str', '5.5', COPY_STRING),
  probe('bpf_probe_read_kernel_str', '5.5', COPY_STRING + NEAR_NULL),
];
