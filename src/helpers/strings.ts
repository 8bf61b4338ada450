import { type HelperRow, INTEGER, READ_MEM, SIZE } from './row.js';

/** Text. */
export const strings: readonly HelperRow[] = [
  {
    name: 'bpf_strncmp',
    since: '5.17',
    doc: 'Compares at most so many bytes of a string with a constant one: below, at or above 0.',
    args: [READ_MEM, SIZE, { kind: 'const_str' }],
    returns: INTEGER,
  },
];
