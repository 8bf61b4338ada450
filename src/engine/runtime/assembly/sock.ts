// Sockets: a struct bpf_sock and what the engine keeps behind it.
import { SKB_SK, SOCK_COOKIE, SOCK_NETNS, SOCK_UID, SYS_SOCK_COOKIES } from '../layout';

/** The uid that stands for nobody. */
const OVERFLOW_UID: u32 = 65534;
/** The cookie of the first network namespace. */
export const FIRST_NETNS: u64 = 1;

/** Fills in a socket of zeros: of the first network namespace, without a cookie. */
export function sock_init(sock: usize): void {
  store<u64>(sock, FIRST_NETNS, SOCK_NETNS);
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

export function skb_netns_cookie(skb: usize): u64 {
  const sock = skb ? sockOf(skb) : 0;
  return sock ? load<u64>(sock, SOCK_NETNS) : FIRST_NETNS;
}
