import { KernelError } from '../../../errors/errno.js';
import { nearestNames } from '../nearest.js';
import { SYSCALLS } from './syscalls.js';

/** Functions of the kernel that the world calls, and when. Their arguments are those of the kernel's BTF. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  tcp_v4_connect: 'a task connects a TCP socket over IPv4',
  tcp_v6_connect: 'a task connects a TCP socket over IPv6',
  tcp_connect: 'the first SYN of a connection is about to be sent',
  tcp_v4_do_rcv: 'a segment over IPv4 has reached its TCP socket',
  tcp_v6_do_rcv: 'a segment over IPv6 has reached its TCP socket',
  tcp_set_state: 'a TCP socket gets another state',
  tcp_v4_syn_recv_sock: 'a connection over IPv4 gets a socket of its own',
  tcp_v6_syn_recv_sock: 'a connection over IPv6 gets a socket of its own',
  tcp_retransmit_skb: 'a segment is sent again',
  tcp_rcv_established: 'a segment has reached an established connection',
  tcp_rcv_state_process: 'a segment has reached a connection in any other state',
  inet_csk_accept: 'a task takes the next connection of a socket that listens',
  tcp_sendmsg: 'a task sends by TCP',
  tcp_recvmsg: 'a task receives by TCP',
  tcp_cleanup_rbuf: 'a task has read what came in by TCP',
  tcp_close: 'a TCP socket is closed',
  udp_sendmsg: 'a task sends a datagram over IPv4',
  udpv6_sendmsg: 'a task sends a datagram over IPv6',
  udp_recvmsg: 'a task receives a datagram over IPv4',
  udpv6_recvmsg: 'a task receives a datagram over IPv6',
  inet_listen: 'a socket starts to listen',
  inet_bind: 'a socket gets an address over IPv4',
  inet6_bind: 'a socket gets an address over IPv6',
  do_unlinkat: 'a file is removed',
  vfs_read: 'a file is read',
  vfs_write: 'a file is written',
  vfs_unlink: 'a file is removed from its directory',
  vfs_open: 'a file is opened, and its path is known',
  do_sys_openat2: 'a file is opened',
  do_exit: 'a task ends',
};

/** Hooks of the security modules that the world asks. */
export const LSM_HOOKS: readonly string[] = [
  'socket_create',
  'socket_post_create',
  'socket_bind',
  'socket_listen',
  'socket_connect',
  'socket_accept',
  'socket_sendmsg',
  'socket_recvmsg',
  'socket_getsockname',
  'socket_getpeername',
  'socket_setsockopt',
  'socket_getsockopt',
  'socket_shutdown',
  'socket_sock_rcv_skb',
  'file_open',
  'file_permission',
  'inode_unlink',
  'path_unlink',
  'bprm_creds_for_exec',
  'bprm_check_security',
  'bprm_committed_creds',
  'task_alloc',
  'task_kill',
];

const SYSCALL_PREFIX = '__x64_sys_';

/** Every function of the kernel that the world has. */
export const KERNEL_FUNCTIONS: readonly string[] = [
  ...Object.keys(FUNCTIONS),
  ...LSM_HOOKS.map(securityFunction),
  ...SYSCALLS.map(({ name }) => `${SYSCALL_PREFIX}${name}`),
];

const NUMBERS = new Map(KERNEL_FUNCTIONS.map((name, index) => [name, index]));
/** Where the text of Linux begins. */
const TEXT = 0xffffffff81000000n;
const STRIDE = 64n;

/** The function by which the kernel asks its modules. */
export function securityFunction(hook: string): string {
  return hook === 'bprm_check_security' ? 'security_bprm_check' : `security_${hook}`;
}

export function syscallFunction(name: string): string {
  return `${SYSCALL_PREFIX}${name}`;
}

/** What `bpf_get_func_ip` says. */
export function functionAddress(name: string): bigint {
  return TEXT + BigInt(NUMBERS.get(name) ?? 0) * STRIDE;
}

/** @throws {KernelError} ENOENT for a function that the world does not call, with the nearest names */
export function requireFunction(name: string): string {
  if (NUMBERS.has(name)) return name;
  throw missing('function', name, KERNEL_FUNCTIONS);
}

/** @throws {KernelError} ENOENT */
export function requireLsmHook(name: string): string {
  if (LSM_HOOKS.includes(name)) return name;
  throw missing('LSM hook', name, LSM_HOOKS);
}

/** Those that a pattern with `*` and `?` names. @throws {KernelError} ENOENT when there is none */
export function functionsLike(patterns: readonly string[]): readonly string[] {
  const found = patterns.flatMap((pattern) => {
    const expression = new RegExp(
      `^${pattern
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replace(/\*/g, '.*')
        .replace(/\?/g, '.')}$`,
    );
    return KERNEL_FUNCTIONS.filter((name) => expression.test(name));
  });
  if (found.length === 0) throw missing('function', patterns.join(', '), KERNEL_FUNCTIONS);
  return [...new Set(found)];
}

function missing(what: string, name: string, there: readonly string[]): KernelError {
  const near = nearestNames(name, there, (one) => one);
  return new KernelError('ENOENT', `The engine's world has no ${what} ${name}.`, {
    facts: { name, near },
    hint:
      near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : `It has ${there.slice(0, 12).join(', ')} and others: docs/world.md.`,
    docs: 'world.md',
  });
}
