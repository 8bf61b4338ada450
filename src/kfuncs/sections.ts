import { kfunc } from './kfunc.js';

/** Read sections, and stretches in which the CPU is not given up or not interrupted. */
export const sections = [
  kfunc('bpf_rcu_read_lock', '6.2', 'Begins an RCU read section.'),
  kfunc('bpf_rcu_read_unlock', '6.2', 'Ends it.'),
  kfunc('bpf_preempt_disable', '6.10', 'Keeps the task on its CPU until it is enabled again; may be nested.'),
  kfunc('bpf_preempt_enable', '6.10', 'Undoes one bpf_preempt_disable.'),
  kfunc('bpf_local_irq_save', '6.14', 'Turns interrupts off and keeps how they were on the stack.'),
  kfunc('bpf_local_irq_restore', '6.14', 'Sets interrupts to what was kept last.'),
];
