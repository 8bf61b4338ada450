import { kfunc } from './kfunc.js';

/** Tasks as objects that are held, and signals to them. */
export const tasks = [
  kfunc('bpf_task_acquire', '6.2', 'Holds a task; null when it is going away.', 'acquire', 'rcu', 'ret_null'),
  kfunc('bpf_task_release', '6.2', 'Lets it go.', 'release'),
  kfunc('bpf_task_from_pid', '6.2', 'The task of a pid of the first namespace, held.', 'acquire', 'ret_null'),
  kfunc('bpf_task_from_vpid', '6.14', 'The task of a pid of the own namespace, held.', 'acquire', 'ret_null'),
  kfunc('bpf_task_under_cgroup', '6.5', 'Whether a task is in a cgroup or below it.', 'rcu'),
  kfunc(
    'bpf_task_get_cgroup1',
    '6.8',
    'The cgroup of a task in a hierarchy of version 1, held.',
    'acquire',
    'rcu',
    'ret_null',
  ),
  kfunc('bpf_send_signal_task', '6.13', 'Sends a signal with a value to a task.', 'trusted_args'),
];
