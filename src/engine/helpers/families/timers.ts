import { type HelperFamily, i32, runtime } from '../family.js';

export const timers: HelperFamily = {
  bindings: {
    bpf_spin_lock: runtime('spin_lock', [i32], 'void'),
    bpf_spin_unlock: runtime('spin_unlock', [i32], 'void'),
  },
};
