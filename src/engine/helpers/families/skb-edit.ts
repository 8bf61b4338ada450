import { type HelperFamily, i32, i64, runtime, status } from '../family.js';

export const skbEdit: HelperFamily = {
  bindings: {
    bpf_skb_vlan_push: status('skb_vlan_push', i32, i32, i32),
    bpf_skb_vlan_pop: status('skb_vlan_pop', i32),
    bpf_skb_change_proto: status('skb_change_proto', i32, i32, i64),
    bpf_skb_change_type: status('skb_change_type', i32, i32),
    bpf_skb_change_tail: status('skb_change_tail', i32, i32, i64),
    bpf_skb_change_head: status('skb_change_head', i32, i32, i64),
    bpf_skb_adjust_room: status('skb_adjust_room', i32, i32, i32, i64),
    bpf_csum_update: runtime('csum_update', [i32, i32], i64),
    bpf_csum_level: runtime('csum_level', [i32, i64], i64),
    bpf_set_hash: runtime('set_hash', [i32, i32], i64),
    bpf_set_hash_invalid: runtime('set_hash_invalid', [i32], i64),
  },
};
