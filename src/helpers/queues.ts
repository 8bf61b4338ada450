import { ANYTHING, CONST_MAP, type HelperRow, INTEGER, MAP_VALUE } from './row.js';

/** A value that the helper writes. */
const VALUE_OUT = { kind: 'map_value', uninit: true } as const;

/** Maps without keys. */
export const queues: readonly HelperRow[] = [
  {
    name: 'bpf_map_push_elem',
    since: '4.20',
    doc: 'Adds a value to a queue, a stack or a bloom filter; -E2BIG when a queue or stack is full, unless the flags have BPF_EXIST 2, which throws its oldest value out.',
    args: [CONST_MAP, MAP_VALUE, ANYTHING],
    returns: INTEGER,
    takesPacket: true,
  },
  {
    name: 'bpf_map_pop_elem',
    since: '4.20',
    doc: 'Takes the next value out of a queue or stack; -ENOENT and zeros when it is empty.',
    args: [CONST_MAP, VALUE_OUT],
    returns: INTEGER,
    takesPacket: true,
  },
  {
    name: 'bpf_map_peek_elem',
    since: '4.20',
    doc: 'Copies the next value of a queue or stack, which stays; -ENOENT and zeros when it is empty. For a bloom filter: 0 when the value given may be in it, else -ENOENT.',
    args: [CONST_MAP, VALUE_OUT],
    returns: INTEGER,
    takesPacket: true,
  },
];
