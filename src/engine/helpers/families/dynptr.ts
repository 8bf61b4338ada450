import { type HelperFamily, i32, i64, runtime, status } from '../family.js';

export const dynptr: HelperFamily = {
  bindings: {
    bpf_dynptr_from_mem: status('dynptr_from_mem', i32, i32, i64, i32),
    bpf_dynptr_read: status('dynptr_read', i32, i32, i32, i32, i64),
    bpf_dynptr_write: status('dynptr_write', i32, i32, i32, i32, i64),
    bpf_dynptr_data: runtime('dynptr_data', [i32, i32, i32], i32),
    bpf_ringbuf_reserve_dynptr: status('ringbuf_reserve_dynptr', i32, i32, i64, i32),
    bpf_ringbuf_submit_dynptr: runtime('ringbuf_submit_dynptr', [i32, i64], 'void'),
    bpf_ringbuf_discard_dynptr: runtime('ringbuf_discard_dynptr', [i32, i64], 'void'),
  },
};
