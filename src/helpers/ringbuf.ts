import { ANYTHING, CONST_MAP, type HelperRow, INTEGER, READ_MEM, SIZE_OR_ZERO } from './row.js';

const WAKEUP =
  'Flags: BPF_RB_NO_WAKEUP 1 and BPF_RB_FORCE_WAKEUP 2; without them a reader that has read everything before is woken.';

/** Records to user space through ring buffers. */
export const ringbuf: readonly HelperRow[] = [
  {
    name: 'bpf_ringbuf_output',
    since: '5.8',
    doc: `Copies a record into a ring buffer; -EAGAIN when there is no room. ${WAKEUP}`,
    args: [CONST_MAP, READ_MEM, SIZE_OR_ZERO, ANYTHING],
    returns: INTEGER,
  },
  {
    name: 'bpf_ringbuf_reserve',
    since: '5.8',
    doc: 'Takes room for a record of a constant size and gives its address to fill, or null. It must be submitted or discarded. Flags: 0.',
    args: [CONST_MAP, { kind: 'alloc_size' }, ANYTHING],
    returns: { kind: 'alloc_mem_or_null' },
    acquires: true,
  },
  {
    name: 'bpf_ringbuf_submit',
    since: '5.8',
    doc: `Hands a reserved record to user space. ${WAKEUP}`,
    args: [{ kind: 'alloc_mem' }, ANYTHING],
    returns: { kind: 'void' },
  },
  {
    name: 'bpf_ringbuf_discard',
    since: '5.8',
    doc: `Gives a reserved record up: readers pass over it. ${WAKEUP}`,
    args: [{ kind: 'alloc_mem' }, ANYTHING],
    returns: { kind: 'void' },
  },
  {
    name: 'bpf_ringbuf_query',
    since: '5.8',
    doc: 'Asks a ring buffer: 0 for bytes not read yet, 1 its size, 2 bytes ever read, 3 bytes ever written.',
    args: [CONST_MAP, ANYTHING],
    returns: INTEGER,
  },
];
