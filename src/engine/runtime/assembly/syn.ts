// Finds connection attempts: a TCP segment with SYN and without ACK, over IPv4 or IPv6. What counts as one is what
// Wireshark's dissectors take for one in their default preferences, as in tools/syn: its README lists the cases, and
// both are held to the same measured ones.
import { RP_SYN_DADDR, RP_SYN_ROOM, RP_SYN_SADDR, RP_SYN_TCP, RP_SYN_TTL } from '../replay-layout';
import { datagramAdd } from './syn-datagrams';
import { be16, enterLink, IPV4, linkAt, linkEnd, linkVlan } from './syn-link';

const TCP: u32 = 6;
const AH: u32 = 51;
const FRAGMENT: u32 = 44;
/** Bytes of a TCP header that must be there: up to the window. */
export const TCP_NEEDED: u32 = 16;
const MAX_HEADERS: u32 = 40;
const SYN: u32 = 0x02;
const ACK: u32 = 0x10;

/** @returns 4 or 6 when the packet is, or completes, a connection attempt, with its places in `state`; else 0 */
export function synClassify(state: usize, packet: usize, captured: u32, etherType: u32): u32 {
  const stop = packet + captured;
  const type = enterLink(packet, stop, etherType);
  if (!type || linkAt >= stop) return 0;
  // Some put IPv6 behind IPv4's EtherType.
  if (load<u8>(linkAt) >> 4 == 6) return ipv6(state, linkAt, linkEnd, stop) ? 6 : 0;
  if (type == IPV4) return ipv4(state, linkAt, linkEnd, stop) ? 4 : 0;
  return 0;
}

@inline
function isSyn(tcp: usize): bool {
  // As Wireshark: the header must be no shorter than 20 bytes.
  return load<u8>(tcp, 12) >= 0x50 && (load<u8>(tcp, 13) & (SYN | ACK)) == SYN;
}

/** Headers that may stand between IP and TCP, under IPv4 too: Wireshark looks through them there as well. */
@inline
function isExtension(protocol: u32): bool {
  return protocol == 0 || protocol == 43 || protocol == AH || protocol == 60 || protocol == 140;
}

@inline
function extensionSize(protocol: u32, length: u32): u32 {
  return protocol == AH ? (length + 2) << 2 : (length + 1) << 3;
}

/** @param end of what the headers say belongs to the packet; `stop` is the end of what was captured */
function tcp(state: usize, at: usize, end: usize, stop: usize): bool {
  if (at + TCP_NEEDED > stop || at + TCP_NEEDED > end || !isSyn(at)) return false;
  store<u32>(state, <u32>at, RP_SYN_TCP);
  store<u32>(state, <u32>(min(end, stop) - at), RP_SYN_ROOM);
  return true;
}

function ipv4(state: usize, at: usize, end: usize, stop: usize): bool {
  if (at + 20 > stop) return false;
  const header = <u32>(load<u8>(at) & 15) << 2;
  let total = be16(at + 2);
  // Without a total length, as offloading leaves it, the frame's end counts.
  if (!total && end > at) total = <u32>(end - at);
  if (load<u8>(at) >> 4 != 4 || header < 20 || total < header) return false;
  if (at + total < end || at + total > stop) end = at + total;
  const protocol: u32 = load<u8>(at, 9);
  store<u32>(state, <u32>(at + 12), RP_SYN_SADDR);
  store<u32>(state, <u32>(at + 16), RP_SYN_DADDR);
  store<u32>(state, load<u8>(at, 8), RP_SYN_TTL);
  const field = be16(at + 6);
  if (field & 0x3fff) {
    if (end <= stop) {
      const id = be16(at + 4) ^ protocol ^ vlanOf(at);
      const offset = (field & 0x1fff) << 3;
      return fragment(state, 4, id, at + header, end, offset, field >> 13 & 1, protocol);
    }
    // Cut by the capture: it cannot be put together, but a first fragment may show the TCP header.
    if (field & 0x1fff) return false;
  }
  return chain(state, 4, at + header, end, stop, protocol);
}

/** Wireshark tells datagrams of different VLANs apart only where an address is private or link-local. */
function vlanOf(ip: usize): u32 {
  return isPrivate(ip + 12) || isPrivate(ip + 16) ? linkVlan : 0;
}

function isPrivate(address: usize): bool {
  const first: u32 = load<u8>(address);
  const both = be16(address);
  return first == 10 || (both & 0xfff0) == 0xac10 || both == 0xc0a8 || both == 0xa9fe;
}

function ipv6(state: usize, at: usize, end: usize, stop: usize): bool {
  if (at + 40 > stop) return false;
  const next: u32 = load<u8>(at, 6);
  const payload = be16(at + 4);
  const first = at + 40;
  if (!payload) {
    if (next != 0 || !isJumbo(first, stop)) return false;
  } else if (first + payload < end || first + payload > stop) {
    end = first + payload;
  }
  store<u32>(state, <u32>(at + 8), RP_SYN_SADDR);
  store<u32>(state, <u32>(at + 24), RP_SYN_DADDR);
  store<u32>(state, load<u8>(at, 7), RP_SYN_TTL);
  return chain(state, 6, first, end, stop, next);
}

/** Only a jumbogram may leave its length out: it has it in a hop-by-hop option (RFC 2675). */
function isJumbo(at: usize, stop: usize): bool {
  return at + 8 <= stop && load<u8>(at, 2) == 0xc2 && load<u8>(at, 3) == 4 && be16(at + 4) != 0;
}

/** Goes through the headers from `protocol` on to TCP. */
function chain(state: usize, family: u32, at: usize, end: usize, stop: usize, protocol: u32): bool {
  for (let i: u32 = 0; i < MAX_HEADERS; i++) {
    if (protocol == TCP) return tcp(state, at, end, stop);
    if (protocol != FRAGMENT && !isExtension(protocol)) return false;
    if (at + 8 > stop) return false;
    const next: u32 = load<u8>(at);
    if (protocol == FRAGMENT) {
      const field = be16(at + 2);
      if (field & 0xfff9) {
        if (end > stop) return false;
        return fragment(state, family, load<u32>(at, 4), at + 8, end, field & 0xfff8, field & 1, next);
      }
      at += 8;
    } else {
      at += extensionSize(protocol, load<u8>(at, 1));
    }
    protocol = next;
  }
  return false;
}

/** @returns whether this one completes its datagram and that one begins with a SYN */
function fragment(
  state: usize, family: u32, id: u32, at: usize, end: usize, offset: u32, more: u32, protocol: u32,
): bool {
  if (at >= end) return false;
  const size = <u32>(end - at);
  if (offset + size > 65535) return false;
  const head = datagramAdd(state, family, id, at, size, offset, more);
  if (!head) return false;
  // Whoever completes it says what is in it.
  const stop = head + load<u32>(state, RP_SYN_ROOM);
  for (let place = head; place + TCP_NEEDED <= stop; ) {
    if (protocol == TCP) return tcp(state, place, stop, stop);
    if (!isExtension(protocol)) return false;
    const size = extensionSize(protocol, load<u8>(place, 1));
    protocol = load<u8>(place);
    place += size;
  }
  return false;
}
