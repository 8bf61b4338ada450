import { kfunc } from './kfunc.js';

/** Spin locks that may fail to be taken instead of waiting for ever. */
export const locks = [
  kfunc('bpf_res_spin_lock', '6.15', 'Takes a lock, or says that it would never get it.', 'ret_null'),
  kfunc('bpf_res_spin_unlock', '6.15', 'Gives it back.'),
  kfunc('bpf_res_spin_lock_irqsave', '6.15', 'The same with interrupts off.', 'ret_null'),
  kfunc('bpf_res_spin_unlock_irqrestore', '6.15', 'Gives it back and sets interrupts as they were.'),
];
