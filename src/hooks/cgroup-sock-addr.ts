import { ctxLayout } from './ctx-layout.js';
import type { Hook, SectionRule } from './hook.js';
import { MEASURED } from './measured.js';

/** The calls that have a form for IPv4, one for IPv6 and mostly one for Unix sockets, with the attach type's words. */
const CALLS = [
  { call: 'bind', word: 'inet#_bind', unix: false },
  { call: 'connect', word: 'inet#_connect', unix: true },
  { call: 'sendmsg', word: 'udp#_sendmsg', unix: true },
  { call: 'recvmsg', word: 'udp#_recvmsg', unix: true },
  { call: 'getpeername', word: 'inet#_getpeername', unix: true },
  { call: 'getsockname', word: 'inet#_getsockname', unix: true },
] as const;

const sections: readonly SectionRule[] = CALLS.flatMap(({ call, word, unix }) => [
  ...['4', '6'].map((family) => ({
    prefix: `cgroup/${call}${family}`,
    rest: 'none' as const,
    attachType: `cgroup_${word.replace('#', family)}`,
  })),
  ...(unix
    ? [{ prefix: `cgroup/${call}_unix`, rest: 'none' as const, attachType: `cgroup_unix_${call}` }]
    : []),
]);

/** Programs that see, and may change, the addresses that processes of a cgroup give to socket calls. */
export const cgroupSockAddr: Hook = {
  id: 18,
  name: 'cgroup_sock_addr',
  since: '4.17',
  doc: 'Runs in bind, connect, sendmsg and other calls that take or give a socket address, and may rewrite it; 0 refuses with EPERM.',
  sections,
  ctx: ctxLayout('bpf_sock_addr', 72, [
    ['user_family', 0, 4],
    ['user_ip4', 4, 4],
    ['user_ip6', 8, 16],
    ['user_port', 24, 4],
    ['family', 28, 4],
    ['type', 32, 4],
    ['protocol', 36, 4],
    ['msg_src_ip4', 40, 4],
    ['msg_src_ip6', 44, 16],
    ['sk', 64, 8],
  ]),
  ...MEASURED.cgroup_sock_addr,
  attachTypes: sections.flatMap(({ attachType }) => attachType ?? []),
};
