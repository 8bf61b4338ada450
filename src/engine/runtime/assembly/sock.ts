// Sockets: a struct bpf_sock and what the engine keeps behind it.
import {
  CPU_CGROUP, SKB_SK, SOCK_CGROUP, SOCK_COOKIE, SOCK_NETNS, SOCK_PROTOCOL, SOCK_RX_QUEUE_MAPPING, SOCK_STATE,
  SOCK_TCP, SOCK_TYPE, SOCK_UID, SYS_SOCK_COOKIES,
} from '../layout';
import { cpuArea } from './cpu';

/** The uid that stands for nobody. */
const OVERFLOW_UID: u32 = 65534;
/** The cookie of the first network namespace. */
export const FIRST_NETNS: u64 = 1;
const TCP_CLOSE: u32 = 7;

/** Fills in a socket of zeros: closed, of the current task's cgroup and the first network namespace, without a cookie. */
export function sock_init(sock: usize): void {
  store<u32>(sock, TCP_CLOSE, SOCK_STATE);
  store<u32>(sock, -1, SOCK_RX_QUEUE_MAPPING);
  store<u64>(sock, FIRST_NETNS, SOCK_NETNS);
  store<u64>(sock, load<u64>(cpuArea, CPU_CGROUP), SOCK_CGROUP);
}

/** A number that no other socket has or will have. */
export function sock_cookie(sock: usize): u64 {
  if (!sock) return 0;
  const known = load<u64>(sock, SOCK_COOKIE);
  if (known) return known;
  const cookie = atomic.add<u64>(SYS_SOCK_COOKIES, 1) + 1;
  store<u64>(sock, cookie, SOCK_COOKIE);
  return cookie;
}

@inline export function sockOf(skb: usize): usize { return <usize>load<u64>(skb, SKB_SK); }

export function skb_socket_cookie(skb: usize): u64 { return sock_cookie(sockOf(skb)); }

export function skb_socket_uid(skb: usize): u32 {
  const sock = sockOf(skb);
  return sock ? load<u32>(sock, SOCK_UID) : OVERFLOW_UID;
}

export function sock_netns_cookie(sock: usize): u64 { return sock ? load<u64>(sock, SOCK_NETNS) : FIRST_NETNS; }

/** For programs whose context has no socket. */
export function first_netns_cookie(ctx: usize): u64 { return FIRST_NETNS; }

const SOCK_STREAM: u32 = 1;
const IPPROTO_TCP: u32 = 6;
const TCP_TIME_WAIT: u32 = 6;
const TCP_LISTEN: u32 = 10;
const TCP_NEW_SYN_RECV: u32 = 12;

/** The socket, unless it is only a trace of one: waiting for the last packets, or not accepted yet. */
export function sock_full(sock: usize): usize {
  const state = load<u32>(sock, SOCK_STATE);
  return state == TCP_TIME_WAIT || state == TCP_NEW_SYN_RECV ? 0 : sock;
}

/** Its `struct bpf_tcp_sock`, or 0. */
export function sock_tcp(sock: usize): usize {
  const tcp = load<u32>(sock, SOCK_TYPE) == SOCK_STREAM && load<u32>(sock, SOCK_PROTOCOL) == IPPROTO_TCP;
  return tcp && sock_full(sock) ? sock + SOCK_TCP : 0;
}

/** The socket itself when it listens, or 0. */
export function sock_listener(sock: usize): usize {
  return load<u32>(sock, SOCK_STATE) == TCP_LISTEN ? sock : 0;
}
