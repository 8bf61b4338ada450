import { kfunc } from './kfunc.js';

/** Entries of connection tracking. */
export const conntrack = [
  kfunc('bpf_xdp_ct_alloc', '6.0', 'A new entry, held.', 'acquire', 'ret_null'),
  kfunc('bpf_xdp_ct_lookup', '5.18', 'The entry of a connection, held.', 'acquire', 'ret_null'),
  kfunc('bpf_skb_ct_alloc', '6.0', 'A new entry, held.', 'acquire', 'ret_null'),
  kfunc('bpf_skb_ct_lookup', '5.18', 'The entry of a connection, held.', 'acquire', 'ret_null'),
  kfunc('bpf_ct_insert_entry', '6.0', 'Puts a new entry in, and holds it.', 'acquire', 'ret_null', 'release'),
  kfunc('bpf_ct_release', '5.18', 'Lets an entry go.', 'release'),
  kfunc('bpf_ct_set_timeout', '6.0', 'Sets the life of a new entry.', 'trusted_args'),
  kfunc('bpf_ct_change_timeout', '6.0', 'Changes the life of an entry.', 'trusted_args'),
  kfunc('bpf_ct_set_status', '6.0', 'Sets the state of a new entry.', 'trusted_args'),
  kfunc('bpf_ct_change_status', '6.0', 'Changes the state of an entry.', 'trusted_args'),
  kfunc(
    'bpf_ct_set_nat_info',
    '6.1',
    'Sets the addresses that a new entry is translated to.',
    'trusted_args',
  ),
];
