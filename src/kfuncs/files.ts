import { kfunc } from './kfunc.js';

/** Files and their attributes. Only programs on hooks of security modules may call these. */
export const files = [
  kfunc(
    'bpf_get_task_exe_file',
    '6.12',
    'The file that a task runs, held.',
    'acquire',
    'trusted_args',
    'ret_null',
  ),
  kfunc('bpf_put_file', '6.12', 'Lets a file go.', 'release'),
  kfunc('bpf_path_d_path', '6.12', 'The text of a path.', 'trusted_args'),
  kfunc('bpf_get_dentry_xattr', '6.12', 'Copies an extended attribute.', 'sleepable', 'trusted_args'),
  kfunc('bpf_get_file_xattr', '6.8', 'Copies an extended attribute.', 'sleepable', 'trusted_args'),
  kfunc('bpf_set_dentry_xattr', '6.15', 'Sets an extended attribute.', 'sleepable', 'trusted_args'),
  kfunc('bpf_remove_dentry_xattr', '6.15', 'Removes an extended attribute.', 'sleepable', 'trusted_args'),
];
