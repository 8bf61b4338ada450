import { type HelperFamily, i32, i64, runtime, status } from '../family.js';

export const ringbuf: HelperFamily = {
  bindings: {
    bpf_ringbuf_output: status('ringbuf_output', i32, i32, i64, i64),
    bpf_ringbuf_reserve: runtime('ringbuf_reserve', [i32, i64, i64], i32),
    bpf_ringbuf_submit: runtime('ringbuf_submit', [i32, i64], 'void'),
    bpf_ringbuf_discard: runtime('ringbuf_discard', [i32, i64], 'void'),
    bpf_ringbuf_query: runtime('ringbuf_query', [i32, i64], i64),
  },
};
