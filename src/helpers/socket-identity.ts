import {
  ANYTHING,
  CONST_MAP,
  CTX,
  type HelperRow,
  kernelStruct,
  PLAIN_SOCKET,
  pointer,
  READ_MEM,
  readBytes,
  row,
  SIZE,
  SIZE_OR_ZERO,
  SOCKET,
} from './row.js';

const cast = (to: string, since: string): HelperRow =>
  row(
    `skc_to_${to}`,
    since,
    `The socket as a struct ${to} of the kernel, or null when it is none.`,
    [to === 'mptcp_sock' ? PLAIN_SOCKET : SOCKET],
    // Linux does not follow the reference through this one.
    { ...pointer(`ptr_or_null_${to}`), ...(to === 'unix_sock' ? {} : { casts: true }) },
  );
/** A pointer to a kernel’s socket, for programs on functions of the kernel. */
const BTF_SOCKET = { ...kernelStruct('sock_common'), nullable: true };
const IPV4 = 20;
const IPV6 = 40;
const TCP = 20;

/** Sockets: finding, casting, identifying them; SYN cookies; storage of their own. */
export const socketIdentity: readonly HelperRow[] = [
  row('get_socket_cookie', '4.12', 'A number that names the socket for as long as it lives.', [CTX], {
    variants: [{ programs: ['sk_reuseport', 'tracing', 'syscall'], args: [{ ...SOCKET, nullable: true }] }],
  }),
  row('get_socket_uid', '4.12', 'The user id of the packet’s socket’s owner.', [CTX]),
  row(
    'tcp_check_syncookie',
    '5.2',
    'Whether the acknowledgement in these headers carries a good SYN cookie of the listening socket: 0.',
    [SOCKET, READ_MEM, SIZE, READ_MEM, SIZE],
    { takesPacket: true },
  ),
  row(
    'tcp_gen_syncookie',
    '5.3',
    'A SYN cookie for these headers, with the MSS in the upper half.',
    [SOCKET, READ_MEM, SIZE, READ_MEM, SIZE],
    { takesPacket: true },
  ),
  row(
    'tcp_raw_gen_syncookie_ipv4',
    '6.0',
    'A SYN cookie for these headers, without a socket.',
    [readBytes(IPV4), READ_MEM, SIZE_OR_ZERO],
    { takesPacket: true },
  ),
  row(
    'tcp_raw_gen_syncookie_ipv6',
    '6.0',
    'A SYN cookie for these IPv6 headers, without a socket.',
    [readBytes(IPV6), READ_MEM, SIZE_OR_ZERO],
    { takesPacket: true },
  ),
  row(
    'tcp_raw_check_syncookie_ipv4',
    '6.0',
    'Whether these headers carry a good SYN cookie: 0.',
    [readBytes(IPV4), readBytes(TCP)],
    { takesPacket: true },
  ),
  row(
    'tcp_raw_check_syncookie_ipv6',
    '6.0',
    'Whether these IPv6 headers carry a good SYN cookie: 0.',
    [readBytes(IPV6), readBytes(TCP)],
    { takesPacket: true },
  ),
  row(
    'sk_storage_get',
    '5.2',
    'The socket’s own value in a sk_storage map, made when flag 1 is set; null when there is none.',
    [CONST_MAP, SOCKET, { kind: 'map_value', nullable: true }, ANYTHING],
    {
      returns: { kind: 'map_value_or_null' },
      variants: [
        {
          programs: ['cgroup_sock'],
          args: [CONST_MAP, CTX, { kind: 'map_value', nullable: true }, ANYTHING],
        },
        {
          programs: ['tracing'],
          args: [CONST_MAP, BTF_SOCKET, { kind: 'map_value', nullable: true }, ANYTHING],
        },
      ],
    },
  ),
  row(
    'sk_storage_delete',
    '5.2',
    'Removes the socket’s own value from a sk_storage map.',
    [CONST_MAP, SOCKET],
    {
      variants: [
        { programs: ['cgroup_sock'], args: [CONST_MAP, CTX] },
        { programs: ['tracing'], args: [CONST_MAP, BTF_SOCKET] },
      ],
    },
  ),
  row(
    'get_netns_cookie',
    '5.7',
    'A number that names the network namespace of the context, or with null the first one.',
    [{ kind: 'ctx', nullable: true }],
  ),
  row(
    'sk_assign',
    '5.7',
    'Says which socket gets the packet or the connection; in sk_lookup programs null takes the choice back.',
    [CTX, SOCKET, ANYTHING],
    {
      variants: [
        {
          programs: ['sk_lookup'],
          args: [CTX, { kind: 'socket', accepts: 'full', nullable: true }, ANYTHING],
        },
      ],
    },
  ),
  row('sk_cgroup_id', '5.8', 'The id of the socket’s cgroup.', [SOCKET]),
  row(
    'sk_ancestor_cgroup_id',
    '5.8',
    'The id of the ancestor at a level, the root being 0, of the socket’s cgroup.',
    [SOCKET, ANYTHING],
  ),
  cast('tcp6_sock', '5.9'),
  cast('tcp_sock', '5.9'),
  cast('tcp_timewait_sock', '5.9'),
  cast('tcp_request_sock', '5.9'),
  cast('udp6_sock', '5.9'),
  cast('unix_sock', '5.16'),
  cast('mptcp_sock', '5.19'),
];
