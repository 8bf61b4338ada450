import { kfunc } from './kfunc.js';

/** Work that is done later. */
export const deferred = [
  kfunc('bpf_wq_init', '6.10', 'Makes a work queue in a map’s value ready.'),
  kfunc('bpf_wq_set_callback_impl', '6.10', 'Sets what it runs.'),
  kfunc('bpf_wq_start', '6.10', 'Runs it soon.'),
  kfunc(
    'bpf_task_work_schedule_signal_impl',
    '6.18',
    'Runs a function in a task’s context, waking the task.',
    'trusted_args',
  ),
  kfunc(
    'bpf_task_work_schedule_resume_impl',
    '6.18',
    'Runs a function when a task goes back to user space.',
    'trusted_args',
  ),
];
