export * from './alloc';
export * from './array';
export {
  hash_create, hash_destroy, hash_lookup, hash_lookup_4, hash_lookup_8,
  hash_lookup_16, percpu_hash_lookup, percpu_hash_lookup_4, percpu_hash_lookup_8, percpu_hash_lookup_16,
  lru_hash_lookup, lru_hash_lookup_4, lru_hash_lookup_8, lru_hash_lookup_16, lru_percpu_hash_lookup, lru_percpu_hash_lookup_4, lru_percpu_hash_lookup_8, lru_percpu_hash_lookup_16, hash_update,
  percpu_hash_update_all, hash_delete,
} from './hash';
export * from './hash-walk';
export { lpm_delete, lpm_lookup, lpm_update } from './lpm';
export * from './dispatch';
export * from './task';
export * from './run';
export * from './replay';
export { replay_forget } from './syn-datagrams';
export * from './packet';
export * from './checksum';
export * from './probe';
export * from './perf';
export * from './map-in-map';
export { bloom_peek, bloom_push } from './bloom';
export { queue_at, queue_peek, queue_pop, queue_push } from './queue';
export {
  ringbuf_discard, ringbuf_output, ringbuf_query, ringbuf_reserve, ringbuf_submit,
} from './ringbuf';
export { for_each_map_elem, loop } from './callbacks';
export * from './flow-hash';
export {
  csum_level, csum_update, no_class, set_hash, set_hash_invalid, skb_adjust_room, skb_change_head, skb_change_proto, skb_change_tail,
  skb_change_type, skb_ecn_set_ce, skb_release, skb_set_tstamp, skb_vlan_pop, skb_vlan_push,
} from './skb-edit';
export {
  first_netns_cookie, skb_socket_cookie, skb_socket_uid, sock_cookie, sock_full, sock_init, sock_listener,
  sock_netns_cookie, sock_tcp,
} from './sock';
export { strtol, strtoul } from './numbers';
export { spin_lock, spin_unlock } from './locks';
export * from './dynptr';
export { xdp_redirect_map } from './redirect-map';
