import { ANYTHING, fillNumber, type HelperRow, READ_MEM, row, SIZE, SIZE_OR_ZERO, WRITE_MEM } from './row.js';

/** Numbers and text, and what programs of type syscall ask of the kernel. */
export const parse: readonly HelperRow[] = [
  row('strtol', '5.2', 'Reads a signed number from text; returns how many characters it took.', [
    READ_MEM,
    SIZE,
    ANYTHING,
    fillNumber(8),
  ]),
  row('strtoul', '5.2', 'Reads an unsigned number from text; returns how many characters it took.', [
    READ_MEM,
    SIZE,
    ANYTHING,
    fillNumber(8),
  ]),
  row('snprintf', '5.13', 'Writes formatted text; returns how many bytes it needs.', [
    { kind: 'mem', uninit: true, nullable: true },
    SIZE_OR_ZERO,
    { kind: 'const_str' },
    { kind: 'mem', readonly: true, nullable: true },
    SIZE_OR_ZERO,
  ]),
  row('snprintf_btf', '5.10', 'Writes a kernel struct as text, by its BTF.', [
    WRITE_MEM,
    SIZE,
    READ_MEM,
    SIZE,
    ANYTHING,
  ]),
  row('sys_bpf', '5.14', 'Calls bpf(2).', [ANYTHING, READ_MEM, SIZE]),
  row('sys_close', '5.14', 'Closes a file descriptor.', [ANYTHING]),
  row(
    'btf_find_by_name_kind',
    '5.14',
    'The id of the kernel type with a name and kind; in the upper half, the module’s BTF.',
    [READ_MEM, SIZE, ANYTHING, ANYTHING],
  ),
  row('kallsyms_lookup_name', '5.16', 'The address of a kernel symbol.', [
    READ_MEM,
    SIZE_OR_ZERO,
    ANYTHING,
    fillNumber(8),
  ]),
];
