import { kfunc } from './kfunc.js';

/** Pointers that know their size. */
export const dynptrs = [
  kfunc('bpf_dynptr_from_skb', '6.4', 'One over a packet with its fragments.', 'trusted_args'),
  kfunc('bpf_dynptr_from_skb_meta', '6.18', 'One over the metadata before a packet.', 'trusted_args'),
  kfunc('bpf_dynptr_from_xdp', '6.4', 'One over a frame with its fragments.'),
  kfunc('bpf_dynptr_slice', '6.4', 'Some bytes to read, in place or copied to a buffer.', 'ret_null'),
  kfunc('bpf_dynptr_slice_rdwr', '6.4', 'Some bytes to read and write.', 'ret_null'),
  kfunc('bpf_dynptr_adjust', '6.5', 'Moves its start and end inwards.'),
  kfunc('bpf_dynptr_is_null', '6.5', 'Whether it points nowhere.'),
  kfunc('bpf_dynptr_is_rdonly', '6.5', 'Whether it may only be read through.'),
  kfunc('bpf_dynptr_size', '6.5', 'Its size.'),
  kfunc('bpf_dynptr_clone', '6.5', 'Another one over the same bytes.'),
  kfunc('bpf_dynptr_copy', '6.16', 'Copies bytes from one to another.'),
  kfunc('bpf_dynptr_memset', '6.17', 'Fills bytes with a value.'),
  kfunc('bpf_probe_read_user_dynptr', '6.16', 'Reads user memory into one.'),
  kfunc('bpf_probe_read_kernel_dynptr', '6.16', 'Reads kernel memory into one.'),
  kfunc('bpf_probe_read_user_str_dynptr', '6.16', 'Reads a string of user memory into one.'),
  kfunc('bpf_probe_read_kernel_str_dynptr', '6.16', 'Reads a string of kernel memory into one.'),
  kfunc('bpf_copy_from_user_dynptr', '6.16', 'Copies user memory into one.', 'sleepable'),
  kfunc('bpf_copy_from_user_str_dynptr', '6.16', 'Copies a string of user memory into one.', 'sleepable'),
  kfunc(
    'bpf_copy_from_user_task_dynptr',
    '6.16',
    'Copies memory of a task into one.',
    'sleepable',
    'trusted_args',
  ),
  kfunc(
    'bpf_copy_from_user_task_str_dynptr',
    '6.16',
    'Copies a string of a task’s memory into one.',
    'sleepable',
    'trusted_args',
  ),
];
