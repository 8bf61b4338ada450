import { type HelperFamily, i32, i64, status } from '../family.js';

export const queues: HelperFamily = {
  bindings: {
    bpf_map_push_elem: status('map_push', i32, i32, i64),
    bpf_map_pop_elem: status('map_pop', i32, i32),
    bpf_map_peek_elem: status('map_peek_value', i32, i32),
  },
};
