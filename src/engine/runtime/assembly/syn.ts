// Finds connection attempts: a TCP segment with SYN and without ACK, over IPv4 or IPv6.
import { RP_SYN_DADDR, RP_SYN_ROOM, RP_SYN_SADDR, RP_SYN_TCP, RP_SYN_TTL } from '../replay-layout';

const ETH_HEADER: u32 = 14;
const IPV4: u32 = 0x0800;
const IPV6: u32 = 0x86dd;
const TCP: u32 = 6;
const SYN: u32 = 0x02;
const ACK: u32 = 0x10;

@inline
function be16(address: usize): u32 {
  return bswap<u16>(load<u16>(address));
}

@inline
function isVlan(etherType: u32): bool {
  return etherType == 0x8100 || etherType == 0x88a8 || etherType == 0x9100;
}

/** @returns 4 or 6 when the packet is a connection attempt, with its places in `state`; else 0 */
export function synClassify(state: usize, packet: usize, captured: u32, wire: u32, etherType: u32): u32 {
  let at = packet;
  const end = packet + captured;
  if (etherType == 0) {
    if (captured < ETH_HEADER) return 0;
    etherType = be16(at + 12);
    at += ETH_HEADER;
  }
  while (isVlan(etherType)) {
    if (at + 4 > end) return 0;
    etherType = be16(at + 2);
    at += 4;
  }
  if (at >= end || (etherType != IPV4 && etherType != IPV6)) return 0;
  // Some put IPv6 behind IPv4's EtherType.
  if (load<u8>(at) >> 4 == 6) return ipv6(state, at, end);
  if (etherType == IPV4) return ipv4(state, at, end);
  return 0;
}

function ipv4(state: usize, at: usize, end: usize): u32 {
  if (at + 20 > end) return 0;
  const header = <u32>(load<u8>(at) & 15) << 2;
  if (load<u8>(at) >> 4 != 4 || header < 20 || load<u8>(at, 9) != TCP) return 0;
  const total = be16(at + 2);
  const fragment = be16(at + 6) & 0x3fff;
  // A first fragment that the capture cut shows its TCP header; others would have to be put together.
  if (fragment && (fragment & 0x1fff || at + total <= end)) return 0;
  if (total != 0) {
    if (total < header) return 0;
    if (at + total < end) end = at + total;
  }
  store<u32>(state, <u32>(at + 12), RP_SYN_SADDR);
  store<u32>(state, <u32>(at + 16), RP_SYN_DADDR);
  store<u32>(state, load<u8>(at, 8), RP_SYN_TTL);
  return tcp(state, at + header, end) ? 4 : 0;
}

function tcp(state: usize, at: usize, end: usize): bool {
  // As Wireshark: up to the window must be there, and the header be no shorter than 20 bytes.
  if (at + 16 > end || load<u8>(at, 12) < 0x50) return false;
  if ((load<u8>(at, 13) & (SYN | ACK)) != SYN) return false;
  store<u32>(state, <u32>at, RP_SYN_TCP);
  store<u32>(state, <u32>(end - at), RP_SYN_ROOM);
  return true;
}

function ipv6(state: usize, at: usize, end: usize): u32 {
  if (at + 40 > end || load<u8>(at) >> 4 != 6) return 0;
  let next: u32 = load<u8>(at, 6);
  const payload = be16(at + 4);
  let header = at + 40;
  if (payload != 0 && header + payload < end) end = header + payload;
  for (let i = 0; i < 16; i++) {
    if (next == TCP) {
      store<u32>(state, <u32>(at + 8), RP_SYN_SADDR);
      store<u32>(state, <u32>(at + 24), RP_SYN_DADDR);
      store<u32>(state, load<u8>(at, 7), RP_SYN_TTL);
      return tcp(state, header, end) ? 6 : 0;
    }
    if (next != 0 && next != 43 && next != 60 && next != 51 && next != 135 && next != 139 && next != 140) return 0;
    if (header + 8 > end) return 0;
    const size: u32 = next == 51 ? (<u32>load<u8>(header, 1) + 2) << 2 : (<u32>load<u8>(header, 1) + 1) << 3;
    next = load<u8>(header);
    header += size;
  }
  return 0;
}
