import { ANYTHING, CONST_MAP, CTX, type HelperRow, INTEGER } from './row.js';

/** Where a program or a packet goes next. */
export const control: readonly HelperRow[] = [
  {
    name: 'bpf_tail_call',
    since: '4.2',
    doc: 'Goes on in the program at an index of a prog_array, with the same context, and does not come back. Goes on after the call when there is none, or after 33 tail calls.',
    args: [CTX, CONST_MAP, ANYTHING],
    returns: { kind: 'void' },
    changesPacket: true,
  },
  {
    name: 'bpf_redirect',
    since: '4.4',
    doc: 'Marks the packet to be sent to the device with this index; return its result. In XDP: XDP_REDIRECT, in tc: TC_ACT_REDIRECT.',
    args: [ANYTHING, ANYTHING],
    returns: INTEGER,
  },
];
