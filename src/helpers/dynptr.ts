import { ANYTHING, CONST_MAP, type HelperRow, READ_MEM, row, SIZE_OR_ZERO, WRITE_MEM } from './row.js';

const DYNPTR = { kind: 'dynptr' } as const;
const NEW = { kind: 'dynptr', uninit: true, of: 'local' } as const;
const NEW_RECORD = { kind: 'dynptr', uninit: true, of: 'ringbuf' } as const;
const RELEASED = { kind: 'dynptr', release: true, of: 'ringbuf' } as const;
const VOID = { returns: { kind: 'void' } } as const;

/** Pointers that know their bounds at run time. */
export const dynptr: readonly HelperRow[] = [
  row('dynptr_from_mem', '5.19', 'Makes a dynptr to memory of a map’s value.', [
    { kind: 'mem', uninit: true },
    SIZE_OR_ZERO,
    ANYTHING,
    NEW,
  ]),
  row(
    'ringbuf_reserve_dynptr',
    '5.19',
    'Reserves a record of a size that need not be constant; must be submitted or discarded, even on failure.',
    [CONST_MAP, ANYTHING, ANYTHING, NEW_RECORD],
  ),
  row(
    'ringbuf_submit_dynptr',
    '5.19',
    'Publishes a record that was reserved as a dynptr.',
    [RELEASED, ANYTHING],
    VOID,
  ),
  row(
    'ringbuf_discard_dynptr',
    '5.19',
    'Drops a record that was reserved as a dynptr.',
    [RELEASED, ANYTHING],
    VOID,
  ),
  row('dynptr_read', '5.19', 'Copies bytes out of a dynptr.', [
    WRITE_MEM,
    SIZE_OR_ZERO,
    DYNPTR,
    ANYTHING,
    ANYTHING,
  ]),
  row('dynptr_write', '5.19', 'Copies bytes into a dynptr.', [
    DYNPTR,
    ANYTHING,
    READ_MEM,
    SIZE_OR_ZERO,
    ANYTHING,
  ]),
  row(
    'dynptr_data',
    '5.19',
    'A pointer to so many bytes, a constant, of a dynptr; null when they are not all there or cannot be pointed to.',
    [DYNPTR, ANYTHING, { kind: 'alloc_size' }],
    { returns: { kind: 'dynptr_data_or_null' } },
  ),
];
