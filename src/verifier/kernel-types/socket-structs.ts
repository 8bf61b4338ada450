import { TYPE_CONST_MAP, TYPE_SOCK_COMMON, TYPE_SOCKET, TYPE_TCP_SOCK } from '../state/layout.js';

/** The kernel's struct behind pointers of a type of their own: kernel functions take them as pointers to it. */
export const SOCKET_STRUCTS: ReadonlyMap<number, string> = new Map([
  [TYPE_SOCKET, 'sock'],
  [TYPE_SOCK_COMMON, 'sock_common'],
  [TYPE_TCP_SOCK, 'tcp_sock'],
  [TYPE_CONST_MAP, 'bpf_map'],
]);
