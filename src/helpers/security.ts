import { ANYTHING, type HelperRow, kernelStruct, row, SIZE, SIZE_OR_ZERO, WRITE_MEM } from './row.js';

const SLEEPS = { mightSleep: true } as const;

/** What programs on hooks of security modules ask: paths, measurements of files, the start of a program. */
export const security: readonly HelperRow[] = [
  row('d_path', '5.10', 'Writes the full path of a struct path as text; the bytes written.', [
    kernelStruct('path'),
    { kind: 'mem', uninit: true },
    SIZE_OR_ZERO,
  ]),
  row('bprm_opts_set', '5.11', 'Sets options of a program that is about to start (BPF_F_BPRM_SECUREEXEC).', [
    kernelStruct('linux_binprm'),
    ANYTHING,
  ]),
  row(
    'ima_inode_hash',
    '5.11',
    'The hash that IMA keeps of an inode; its algorithm, or a negative errno.',
    [kernelStruct('inode'), WRITE_MEM, SIZE],
    SLEEPS,
  ),
  row(
    'ima_file_hash',
    '5.18',
    'The hash that IMA works out of a file; its algorithm, or a negative errno.',
    [kernelStruct('file'), WRITE_MEM, SIZE],
    SLEEPS,
  ),
];
