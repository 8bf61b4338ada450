import {
  ANYTHING,
  CTX,
  type HelperRow,
  kernelStruct,
  READ_MEM,
  row,
  SIZE,
  SOCKET,
  WRITE_MEM,
} from './row.js';

/** Programs that have a socket and no context of one: those on socket options, iterators over sockets, and congestion controls. */
const ON_SOCKETS = ['cgroup_sockopt', 'tracing', 'struct_ops'];

/** Socket calls of cgroup programs: options, TCP header options, results, sysctls. */
export const sockCalls: readonly HelperRow[] = [
  row(
    'setsockopt',
    '4.13',
    'Sets an option of the context’s socket, as setsockopt(2).',
    [CTX, ANYTHING, ANYTHING, READ_MEM, SIZE],
    { variants: [{ programs: ON_SOCKETS, args: [SOCKET, ANYTHING, ANYTHING, READ_MEM, SIZE] }] },
  ),
  row(
    'getsockopt',
    '4.15',
    'Reads an option of the context’s socket, as getsockopt(2).',
    [CTX, ANYTHING, ANYTHING, WRITE_MEM, SIZE],
    { variants: [{ programs: ON_SOCKETS, args: [SOCKET, ANYTHING, ANYTHING, WRITE_MEM, SIZE] }] },
  ),
  row(
    'sock_ops_cb_flags_set',
    '4.16',
    'Says at which further events of the connection (BPF_SOCK_OPS_*_CB_FLAG) the program runs.',
    [CTX, ANYTHING],
  ),
  row('bind', '4.17', 'Binds the socket that connects to an address; the port must be 0.', [
    CTX,
    READ_MEM,
    SIZE,
  ]),
  row('load_hdr_opt', '5.10', 'Looks for a TCP header option of the received packet.', [
    CTX,
    WRITE_MEM,
    SIZE,
    ANYTHING,
  ]),
  row(
    'store_hdr_opt',
    '5.10',
    'Writes a TCP header option into the packet being sent.',
    [CTX, READ_MEM, SIZE, ANYTHING],
    { changesPacket: true },
  ),
  row('reserve_hdr_opt', '5.10', 'Reserves bytes for TCP header options in the packet to be sent.', [
    CTX,
    ANYTHING,
    ANYTHING,
  ]),
  row('tcp_send_ack', '5.6', 'Sends an acknowledgement at once; for congestion controls.', [
    kernelStruct('tcp_sock'),
    ANYTHING,
  ]),
  row('get_retval', '5.18', 'What the call returns to user space so far: 0, or a negative errno.', []),
  row('set_retval', '5.18', 'Sets what the call returns to user space.', [ANYTHING]),
  row('sysctl_get_name', '5.2', 'Copies the name of the file in /proc/sys; flag 1: without its folders.', [
    CTX,
    WRITE_MEM,
    SIZE,
    ANYTHING,
  ]),
  row('sysctl_get_current_value', '5.2', 'Copies the value that the file has.', [CTX, WRITE_MEM, SIZE]),
  row('sysctl_get_new_value', '5.2', 'Copies the value that is being written.', [CTX, WRITE_MEM, SIZE]),
  row('sysctl_set_new_value', '5.2', 'Replaces the value that is being written.', [CTX, READ_MEM, SIZE]),
];
