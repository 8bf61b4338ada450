import { kfunc } from './kfunc.js';

/** Frames, sockets and states of IPsec. */
export const network = [
  kfunc('bpf_xdp_pull_data', '6.18', 'Moves bytes of fragments to the front of a frame.'),
  kfunc('bpf_xdp_metadata_rx_timestamp', '6.3', 'When the device received a frame.', 'trusted_args'),
  kfunc('bpf_xdp_metadata_rx_hash', '6.3', 'The hash that the device made of it.', 'trusted_args'),
  kfunc('bpf_xdp_metadata_rx_vlan_tag', '6.8', 'The VLAN tag that the device took off.', 'trusted_args'),
  kfunc('bpf_xdp_get_xfrm_state', '6.8', 'An IPsec state, held.', 'ret_null', 'acquire'),
  kfunc('bpf_xdp_xfrm_state_release', '6.8', 'Lets it go.', 'release'),
  kfunc(
    'bpf_sk_assign_tcp_reqsk',
    '6.9',
    'Gives a SYN to a listening socket with its cookie.',
    'trusted_args',
  ),
  kfunc('bpf_sock_addr_set_sun_path', '6.7', 'Changes the path of a Unix socket’s address.'),
  kfunc(
    'bpf_sock_ops_enable_tx_tstamp',
    '6.15',
    'Asks for the time at which a packet leaves.',
    'trusted_args',
  ),
  kfunc('bpf_sock_destroy', '6.5', 'Closes a socket.', 'trusted_args'),
];
