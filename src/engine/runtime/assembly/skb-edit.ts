// What surrounds a packet: tags, headers, room, type, and what is known of its checksums. Linux: net/core/filter.c.
import {
  EACCES, EALREADY, EFAULT, EINVAL, ENOMEM, ENOTSUPP, EOPNOTSUPP, SKB_BLOCK, SKB_CSUM_LEVEL, SKB_DATA, SKB_DATA_END, SKB_DATA_META,
  SKB_ENCAPSULATION, SKB_END, SKB_GSO_SEGS, SKB_GSO_SIZE, SKB_HASH, SKB_HASH_SET, SKB_HEAD, SKB_IP_SUMMED, SKB_LEN, SKB_MAC_HEADER,
  SKB_NETWORK_HEADER, SKB_PKT_TYPE, SKB_PROTOCOL, SKB_TSTAMP, SKB_TSTAMP_TYPE,
  SKB_VLAN_PRESENT, SKB_VLAN_PROTO, SKB_VLAN_TCI,
} from '../layout';
import { alloc, free } from './alloc';

// EtherTypes in the order in which their bytes are read.
const ETH_P_IP: u32 = 0x0008;
const ETH_P_IPV6: u32 = 0xdd86;
const ETH_P_8021Q: u32 = 0x0081;
const ETH_P_8021AD: u32 = 0xa888;
const ETH_P_802_2: u32 = 0x0400;
const ETH_P_802_3: u32 = 0x0100;
const ETH_HLEN: u32 = 14;
const VLAN_HLEN: u32 = 4;
const PACKET_OTHERHOST: u32 = 3;
/** What fits in four pages beside the kernel's own record of a packet. */
const MAX_LENGTH: u32 = 16064;

@inline function get(skb: usize, field: usize): u32 { return load<u32>(skb + field); }
@inline function set(skb: usize, field: usize, value: u32): void { store<u32>(skb + field, value); }
@inline function lengthOf(skb: usize): u32 { return get(skb, SKB_DATA_END) - get(skb, SKB_DATA); }
@inline function macLength(skb: usize): u32 { return get(skb, SKB_NETWORK_HEADER) - get(skb, SKB_MAC_HEADER); }
@inline function isVlan(protocol: u32): bool { return protocol == ETH_P_8021Q || protocol == ETH_P_8021AD; }

// The packet starts at `data` and ends at `end` from now on. What lay in front of it as metadata does no more.
function bound(skb: usize, data: u32, end: u32): void {
  set(skb, SKB_DATA, data);
  set(skb, SKB_DATA_META, data);
  set(skb, SKB_DATA_END, end);
  set(skb, SKB_LEN, end - data);
}

/** Frees what helpers took for a packet. */
export function skb_release(skb: usize): void {
  free(<usize>get(skb, SKB_BLOCK));
  set(skb, SKB_BLOCK, 0);
}

// Room for so many bytes in front of the packet and behind it: where it is short, the packet moves to a block of its own.
function makeRoom(skb: usize, before: u32, behind: u32): bool {
  const head = get(skb, SKB_HEAD);
  const data = get(skb, SKB_DATA);
  const end = get(skb, SKB_DATA_END);
  if (data - head >= before && get(skb, SKB_END) - end >= behind) return true;
  const bytes = end - head;
  const block = <u32>alloc(<usize>(before + bytes + behind));
  if (!block) return false;
  const moved = block + before - head;
  memory.copy(<usize>(block + before), <usize>head, <usize>bytes);
  skb_release(skb);
  set(skb, SKB_BLOCK, block);
  set(skb, SKB_HEAD, block);
  set(skb, SKB_END, end + moved + behind);
  set(skb, SKB_MAC_HEADER, get(skb, SKB_MAC_HEADER) + moved);
  set(skb, SKB_NETWORK_HEADER, get(skb, SKB_NETWORK_HEADER) + moved);
  bound(skb, data + moved, end + moved);
  return true;
}

// ---- length

export function skb_change_tail(skb: usize, length: u32, flags: u64): i32 {
  const network = get(skb, SKB_NETWORK_HEADER);
  const data = get(skb, SKB_DATA);
  const least = network > data ? network - data : 0;
  if (flags || length > MAX_LENGTH || length < least) return -EINVAL;
  if (get(skb, SKB_ENCAPSULATION)) return -ENOTSUPP;
  const old = lengthOf(skb);
  if (length > old) {
    if (!makeRoom(skb, 0, length - old)) return -ENOMEM;
    memory.fill(<usize>get(skb, SKB_DATA_END), 0, <usize>(length - old));
  }
  bound(skb, get(skb, SKB_DATA), get(skb, SKB_DATA) + length);
  if (get(skb, SKB_GSO_SIZE)) {
    set(skb, SKB_GSO_SIZE, 0);
    set(skb, SKB_GSO_SEGS, 0);
  }
  return 0;
}

export function skb_change_head(skb: usize, room: u32, flags: u64): i32 {
  const length = lengthOf(skb) + room;
  if (flags || <i32>room < 0 || (length > MAX_LENGTH && !get(skb, SKB_GSO_SIZE))) return -EINVAL;
  if (!makeRoom(skb, room, 0)) return -ENOMEM;
  const data = get(skb, SKB_DATA) - room;
  memory.fill(<usize>data, 0, <usize>room);
  bound(skb, data, get(skb, SKB_DATA_END));
  set(skb, SKB_MAC_HEADER, data);
  return 0;
}

// Puts `bytes` zeros behind the first `offset` bytes; the headers in front move.
function insert(skb: usize, offset: u32, bytes: u32): bool {
  if (!makeRoom(skb, bytes, 0)) return false;
  const old = get(skb, SKB_DATA);
  const data = old - bytes;
  memory.copy(<usize>data, <usize>old, <usize>offset);
  memory.fill(<usize>(data + offset), 0, <usize>bytes);
  bound(skb, data, get(skb, SKB_DATA_END));
  set(skb, SKB_MAC_HEADER, get(skb, SKB_MAC_HEADER) - bytes);
  set(skb, SKB_NETWORK_HEADER, get(skb, SKB_NETWORK_HEADER) - bytes);
  return true;
}

// Takes `bytes` out behind the first `offset` bytes; the headers in front move.
function remove(skb: usize, offset: u32, bytes: u32): bool {
  if (offset + bytes > lengthOf(skb)) return false;
  const old = get(skb, SKB_DATA);
  const data = old + bytes;
  memory.copy(<usize>data, <usize>old, <usize>offset);
  bound(skb, data, get(skb, SKB_DATA_END));
  set(skb, SKB_MAC_HEADER, get(skb, SKB_MAC_HEADER) + bytes);
  set(skb, SKB_NETWORK_HEADER, get(skb, SKB_NETWORK_HEADER) + bytes);
  return true;
}

// ---- VLAN tags: the outermost is kept beside the packet

function setTag(skb: usize, protocol: u32, tci: u32): void {
  set(skb, SKB_VLAN_PRESENT, 1);
  set(skb, SKB_VLAN_PROTO, protocol);
  set(skb, SKB_VLAN_TCI, tci);
}

export function skb_vlan_push(skb: usize, protocol: u32, tci: u32): i32 {
  const wanted = isVlan(protocol & 0xffff) ? protocol & 0xffff : ETH_P_8021Q;
  if (get(skb, SKB_VLAN_PRESENT)) {
    if (!makeRoom(skb, VLAN_HLEN, 0)) return -ENOMEM;
    const old = get(skb, SKB_DATA);
    const data = old - VLAN_HLEN;
    memory.copy(<usize>data, <usize>old, 12);
    const outer = get(skb, SKB_VLAN_PROTO);
    store<u16>(<usize>data, <u16>outer, 12);
    store<u16>(<usize>data, bswap<u16>(<u16>get(skb, SKB_VLAN_TCI)), 14);
    bound(skb, data, get(skb, SKB_DATA_END));
    set(skb, SKB_MAC_HEADER, get(skb, SKB_MAC_HEADER) - VLAN_HLEN);
    set(skb, SKB_NETWORK_HEADER, get(skb, SKB_NETWORK_HEADER) - VLAN_HLEN);
    set(skb, SKB_PROTOCOL, outer);
  }
  setTag(skb, wanted, tci & 0xffff);
  return 0;
}

// Takes the tag that lies in the packet out: its content, or an error.
function popInner(skb: usize): i32 {
  const data = get(skb, SKB_DATA);
  if (lengthOf(skb) < ETH_HLEN + VLAN_HLEN) return -ENOMEM;
  const tci = <i32>bswap<u16>(load<u16>(<usize>data, 14));
  const inner: u32 = load<u16>(<usize>data, 16);
  const raw: u32 = load<u16>(<usize>data, 18);
  memory.copy(<usize>(data + VLAN_HLEN), <usize>data, 12);
  bound(skb, data + VLAN_HLEN, get(skb, SKB_DATA_END));
  set(skb, SKB_MAC_HEADER, get(skb, SKB_MAC_HEADER) + VLAN_HLEN);
  if (get(skb, SKB_NETWORK_HEADER) - get(skb, SKB_DATA) < ETH_HLEN) set(skb, SKB_NETWORK_HEADER, get(skb, SKB_DATA) + ETH_HLEN);
  const isType = bswap<u16>(<u16>inner) >= 0x600;
  set(skb, SKB_PROTOCOL, isType ? inner : raw == 0xffff ? ETH_P_802_3 : ETH_P_802_2);
  return tci;
}

export function skb_vlan_pop(skb: usize): i32 {
  if (get(skb, SKB_VLAN_PRESENT)) {
    set(skb, SKB_VLAN_PRESENT, 0);
    set(skb, SKB_VLAN_PROTO, 0);
    set(skb, SKB_VLAN_TCI, 0);
  } else {
    if (!isVlan(get(skb, SKB_PROTOCOL))) return 0;
    const tag = popInner(skb);
    if (tag < 0) return tag;
  }
  const next = get(skb, SKB_PROTOCOL);
  if (!isVlan(next)) return 0;
  const tag = popInner(skb);
  if (tag < 0) return tag;
  setTag(skb, next, <u32>tag);
  return 0;
}

// ---- protocols

@inline
function networkBase(skb: usize): u32 {
  const protocol = get(skb, SKB_PROTOCOL);
  return protocol == ETH_P_IP ? 20 : protocol == ETH_P_IPV6 ? 40 : 0xffffffff;
}

function forgetHash(skb: usize): void {
  set(skb, SKB_HASH, 0);
  set(skb, SKB_HASH_SET, 0);
}

export function skb_change_proto(skb: usize, to: u32, flags: u64): i32 {
  if (flags) return -EINVAL;
  const from = get(skb, SKB_PROTOCOL);
  const wanted = to & 0xffff;
  if (from == ETH_P_IP && wanted == ETH_P_IPV6) {
    if (!insert(skb, macLength(skb), 20)) return -ENOMEM;
  } else if (from == ETH_P_IPV6 && wanted == ETH_P_IP) {
    if (!remove(skb, macLength(skb), 20)) return -ENOMEM;
  } else {
    return -ENOTSUPP;
  }
  set(skb, SKB_PROTOCOL, wanted);
  forgetHash(skb);
  return 0;
}

export function skb_change_type(skb: usize, type: u32): i32 {
  if (get(skb, SKB_PKT_TYPE) > PACKET_OTHERHOST || type > PACKET_OTHERHOST) return -EINVAL;
  set(skb, SKB_PKT_TYPE, type);
  return 0;
}

const ROOM_NET: u32 = 0;
const ROOM_MAC: u32 = 1;
const FIXED_GSO: u64 = 1;
const ENCAP_L3_IPV4: u64 = 2;
const ENCAP_L3_IPV6: u64 = 4;
const ENCAP_L4_GRE: u64 = 8;
const ENCAP_L4_UDP: u64 = 16;
const NO_CSUM_RESET: u64 = 32;
const ENCAP_L2_ETH: u64 = 64;
const DECAP_L3_IPV4: u64 = 128;
const DECAP_L3_IPV6: u64 = 256;
const INNER_L2_SHIFT: u64 = 56;
const ENCAP_L3: u64 = ENCAP_L3_IPV4 | ENCAP_L3_IPV6;
const DECAP_L3: u64 = DECAP_L3_IPV4 | DECAP_L3_IPV6;
const ROOM_FLAGS: u64 = FIXED_GSO | ENCAP_L3 | ENCAP_L4_GRE | ENCAP_L4_UDP | NO_CSUM_RESET | ENCAP_L2_ETH | DECAP_L3
  | (<u64>0xff << INNER_L2_SHIFT);

function grow(skb: usize, offset: u32, bytes: u32, flags: u64): i32 {
  const encapsulates = (flags & ENCAP_L3) != 0;
  const innerLink = <u32>(flags >> INNER_L2_SHIFT);
  const mac = macLength(skb);
  if (encapsulates) {
    if ((flags & ENCAP_L3) == ENCAP_L3) return -EINVAL;
    if (flags & ENCAP_L4_GRE && flags & ENCAP_L4_UDP) return -EINVAL;
    if (flags & ENCAP_L2_ETH && innerLink < ETH_HLEN) return -EINVAL;
    if (get(skb, SKB_ENCAPSULATION)) return -EALREADY;
    if (innerLink > bytes) return -EINVAL;
  }
  if (!insert(skb, offset, bytes)) return -ENOMEM;
  if (!encapsulates) return 0;
  set(skb, SKB_ENCAPSULATION, 1);
  set(skb, SKB_NETWORK_HEADER, get(skb, SKB_DATA) + mac);
  set(skb, SKB_PROTOCOL, flags & ENCAP_L3_IPV6 ? ETH_P_IPV6 : ETH_P_IP);
  return 0;
}

function shrink(skb: usize, offset: u32, bytes: u32, flags: u64): i32 {
  if (flags & ~(FIXED_GSO | DECAP_L3 | NO_CSUM_RESET)) return -EINVAL;
  if (!remove(skb, offset, bytes)) return -ENOMEM;
  if (flags & DECAP_L3) set(skb, SKB_PROTOCOL, flags & DECAP_L3_IPV6 ? ETH_P_IPV6 : ETH_P_IP);
  return 0;
}

export function skb_adjust_room(skb: usize, difference: i32, mode: u32, flags: u64): i32 {
  const bytes: u32 = difference < 0 ? <u32>-difference : <u32>difference;
  const shrinks = difference < 0;
  if (flags & ~ROOM_FLAGS) return -EINVAL;
  if (bytes > 0xfff) return -EFAULT;
  let least = networkBase(skb);
  if (least > 40) return -ENOTSUPP;
  if (mode > ROOM_MAC) return -ENOTSUPP;
  const offset = macLength(skb) + (mode == ROOM_NET ? least : 0);
  if (flags & DECAP_L3) {
    if (!shrinks || (flags & DECAP_L3) == DECAP_L3) return -EINVAL;
    least = flags & DECAP_L3_IPV4 ? 20 : 40;
  }
  const inside = get(skb, SKB_DATA_END) - get(skb, SKB_NETWORK_HEADER);
  if (shrinks ? bytes >= inside || inside - bytes < least : lengthOf(skb) + bytes > MAX_LENGTH) return -ENOTSUPP;
  // Segments that are not TCP's.
  if (get(skb, SKB_GSO_SIZE)) return -ENOTSUPP;
  const error = shrinks ? shrink(skb, offset, bytes, flags) : grow(skb, offset, bytes, flags);
  if (!error && !(flags & NO_CSUM_RESET)) resetChecksum(skb);
  return error;
}

// ---- checksums

const CHECKSUM_UNNECESSARY: u32 = 1;
const MOST_LEVELS: u32 = 3;

function resetChecksum(skb: usize): void {
  if (get(skb, SKB_IP_SUMMED) != CHECKSUM_UNNECESSARY) return;
  set(skb, SKB_IP_SUMMED, 0);
  set(skb, SKB_CSUM_LEVEL, 0);
}

/** No driver of the engine computes the sum of a whole packet. */
export function csum_update(skb: usize, sum: u32): i64 { return -ENOTSUPP; }

export function csum_level(skb: usize, action: u64): i64 {
  const known = get(skb, SKB_IP_SUMMED) == CHECKSUM_UNNECESSARY;
  const level = get(skb, SKB_CSUM_LEVEL);
  switch (<u32>min<u64>(action, 4)) {
    case 0: return known ? <i64>level : -EACCES;
    case 1:
      if (known) set(skb, SKB_CSUM_LEVEL, min<u32>(level + 1, MOST_LEVELS));
      else set(skb, SKB_IP_SUMMED, CHECKSUM_UNNECESSARY);
      return 0;
    case 2:
      if (!known) return 0;
      if (level) set(skb, SKB_CSUM_LEVEL, level - 1);
      else set(skb, SKB_IP_SUMMED, 0);
      return 0;
    case 3:
      resetChecksum(skb);
      return 0;
    default: return -EINVAL;
  }
}

// ---- flow hash

export function set_hash_invalid(skb: usize): u64 {
  forgetHash(skb);
  return 0;
}

export function set_hash(skb: usize, hash: u32): u64 {
  set(skb, SKB_HASH, hash);
  set(skb, SKB_HASH_SET, 1);
  return 0;
}

// ---- congestion, time, classes

const ECN_MASK: u32 = 3;

// What is behind VLAN tags. As in Linux the network header may nevertheless still be that of the tag.
function innerProtocol(skb: usize): u32 {
  let protocol = get(skb, SKB_PROTOCOL);
  const end = get(skb, SKB_DATA_END);
  for (let at = get(skb, SKB_MAC_HEADER) + ETH_HLEN; isVlan(protocol) && at + VLAN_HLEN <= end; at += VLAN_HLEN) {
    protocol = load<u16>(<usize>at, 2);
  }
  return protocol;
}

/** Marks the packet: 1, or 0 when its sender does not do ECN or it is no IP packet. */
export function skb_ecn_set_ce(skb: usize): u64 {
  const header = <usize>get(skb, SKB_NETWORK_HEADER);
  const end = <usize>get(skb, SKB_DATA_END);
  const protocol = innerProtocol(skb);
  if (protocol == ETH_P_IP && header + 20 <= end) {
    const service: u32 = load<u8>(header, 1);
    if (!(service & ECN_MASK)) return 0;
    if ((service & ECN_MASK) == ECN_MASK) return 1;
    // The checksum is of 16-bit words, of which this is the lower byte of one.
    const sum: u32 = bswap<u16>(load<u16>(header, 10)) + (service & ECN_MASK) + 0xffff - ECN_MASK;
    store<u16>(header, bswap<u16>(<u16>((sum & 0xffff) + (sum >> 16))), 10);
    store<u8>(header, <u8>(service | ECN_MASK), 1);
    return 1;
  }
  if (protocol == ETH_P_IPV6 && header + 40 <= end) {
    const second: u32 = load<u8>(header, 1);
    if (!(second & 0x30)) return 0;
    store<u8>(header, <u8>(second | 0x30), 1);
    return 1;
  }
  return 0;
}

/** CLOCK_REALTIME, which may be at no time at all. */
const TSTAMP_REAL: u32 = 0;
const TSTAMP_MOST: u32 = 2;

/** The time of delivery, by one of Linux's clocks. */
export function skb_set_tstamp(skb: usize, time: u64, clock: u32): i64 {
  const protocol = get(skb, SKB_PROTOCOL);
  if (protocol != ETH_P_IP && protocol != ETH_P_IPV6) return -EOPNOTSUPP;
  if (clock > TSTAMP_MOST || (clock != TSTAMP_REAL && time == 0)) return -EINVAL;
  store<u64>(skb, time, SKB_TSTAMP);
  store<u8>(skb, <u8>clock, SKB_TSTAMP_TYPE);
  return 0;
}

/** Nobody of the simulated host is in a class of the net_cls controller, and no route has a realm. */
export function no_class(): u32 { return 0; }
