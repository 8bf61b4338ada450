import { type HelperFamily, i32, i64, runtime } from '../family.js';

export const callbacks: HelperFamily = {
  bindings: {
    bpf_loop: runtime('loop', [i32, i32, i64, i64], i64),
    bpf_for_each_map_elem: runtime('for_each_map_elem', [i32, i32, i64, i64], i64),
  },
};
