import { type HelperFamily, i32, i64, runtime, status } from '../family.js';

export const xdpFrame: HelperFamily = {
  bindings: {
    bpf_xdp_adjust_head: status('xdp_adjust_head', i32, i32),
    bpf_xdp_adjust_tail: status('xdp_adjust_tail', i32, i32),
    bpf_xdp_adjust_meta: status('xdp_adjust_meta', i32, i32),
    bpf_xdp_get_buff_len: runtime('xdp_get_buff_len', [i32], i64),
    bpf_xdp_load_bytes: status('xdp_load_bytes', i32, i32, i32, i32),
    bpf_xdp_store_bytes: status('xdp_store_bytes', i32, i32, i32, i32),
  },
};
