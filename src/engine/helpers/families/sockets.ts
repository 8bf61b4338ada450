import { type HelperFamily, i32, runtime } from '../family.js';

export const sockets: HelperFamily = {
  bindings: {
    bpf_sk_fullsock: runtime('sock_full', [i32], i32),
    bpf_tcp_sock: runtime('sock_tcp', [i32], i32),
    bpf_get_listener_sock: runtime('sock_listener', [i32], i32),
  },
};
