import { ANYTHING, CTX, type HelperRow, INTEGER, READ_MEM, SIZE } from './row.js';

const SOCKET = { kind: 'socket', accepts: 'any' } as const;
const LOOKUP =
  'The tuple is a `struct bpf_sock_tuple`, its size says which family; the namespace is an id or -1 for that of the context. Must be released.';

/** Sockets of the kernel. */
export const sockets: readonly HelperRow[] = [
  {
    name: 'bpf_sk_lookup_tcp',
    since: '4.20',
    doc: `Finds the TCP socket of a tuple, or null. ${LOOKUP}`,
    args: [CTX, READ_MEM, SIZE, ANYTHING, ANYTHING],
    returns: { kind: 'socket_or_null' },
    takesPacket: true,
    acquires: true,
  },
  {
    name: 'bpf_sk_lookup_udp',
    since: '4.20',
    doc: `Finds the UDP socket of a tuple, or null. ${LOOKUP}`,
    args: [CTX, READ_MEM, SIZE, ANYTHING, ANYTHING],
    returns: { kind: 'socket_or_null' },
    takesPacket: true,
    acquires: true,
  },
  {
    name: 'bpf_skc_lookup_tcp',
    since: '5.2',
    doc: `As bpf_sk_lookup_tcp, and finds sockets that are not full ones too. ${LOOKUP}`,
    args: [CTX, READ_MEM, SIZE, ANYTHING, ANYTHING],
    returns: { kind: 'sock_common_or_null' },
    takesPacket: true,
    acquires: true,
  },
  {
    name: 'bpf_sk_release',
    since: '4.20',
    doc: 'Gives back a socket that a lookup found.',
    args: [{ kind: 'socket', accepts: 'trusted', release: true }],
    returns: INTEGER,
  },
  {
    name: 'bpf_sk_fullsock',
    since: '5.1',
    doc: 'The full socket behind a pointer to one, or null.',
    args: [SOCKET],
    returns: { kind: 'socket_or_null' },
    casts: true,
  },
  {
    name: 'bpf_tcp_sock',
    since: '5.1',
    doc: 'The TCP socket behind a pointer to a socket, or null.',
    args: [SOCKET],
    returns: { kind: 'tcp_sock_or_null' },
    casts: true,
  },
  {
    name: 'bpf_get_listener_sock',
    since: '5.1',
    doc: 'The listening socket of a socket, or null. Needs no release.',
    args: [SOCKET],
    returns: { kind: 'socket_or_null' },
  },
];
