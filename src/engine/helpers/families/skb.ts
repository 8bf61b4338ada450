import { type HelperFamily, i32, i64, runtime, status } from '../family.js';

export const skb: HelperFamily = {
  bindings: {
    bpf_skb_load_bytes: status('skb_load_bytes', i32, i32, i32, i32),
    bpf_skb_load_bytes_relative: status('skb_load_bytes_relative', i32, i32, i32, i32, i32),
    bpf_skb_store_bytes: status('skb_store_bytes', i32, i32, i32, i32, i64),
    bpf_skb_pull_data: status('skb_pull_data', i32, i32),
    bpf_get_hash_recalc: runtime('get_hash_recalc', [i32], i32),
    bpf_l3_csum_replace: status('l3_csum_replace', i32, i32, i64, i64, i64),
    bpf_l4_csum_replace: status('l4_csum_replace', i32, i32, i64, i64, i64),
    bpf_csum_diff: runtime('csum_diff', [i32, i32, i32, i32, i32], i64),
  },
};
