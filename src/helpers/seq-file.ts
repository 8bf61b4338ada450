import {
  ANYTHING,
  type HelperRow,
  kernelStruct,
  READ_MEM,
  READ_MEM_OR_NULL,
  row,
  SIZE,
  SIZE_OR_ZERO,
} from './row.js';

const SEQ_FILE = kernelStruct('seq_file');

/** What an iterator writes into the file that user space reads. */
export const seqFile: readonly HelperRow[] = [
  row(
    'seq_printf',
    '5.7',
    'Writes formatted text into the file; its arguments lie in an array of u64, at most twelve.',
    [SEQ_FILE, READ_MEM, SIZE, READ_MEM_OR_NULL, SIZE_OR_ZERO],
  ),
  row('seq_write', '5.7', 'Writes bytes into the file.', [SEQ_FILE, READ_MEM, SIZE_OR_ZERO]),
  row('seq_printf_btf', '5.10', 'Writes a kernel struct as text into the file, by its BTF.', [
    SEQ_FILE,
    READ_MEM,
    SIZE_OR_ZERO,
    ANYTHING,
  ]),
];
