// From a frame's first byte to its IP header: VLAN tags, LLC with or without SNAP, PPPoE, MPLS.
export const IPV4: u32 = 0x0800;
const IPV6: u32 = 0x86dd;
const ETH_HEADER: u32 = 14;
/** VLAN tags, and MPLS labels. */
const MAX_TAGS: u32 = 32;

/** Where the last call of `enterLink` got to: the IP header, the end of what belongs to it, the innermost VLAN. */
export let linkAt: usize = 0;
export let linkEnd: usize = 0;
export let linkVlan: u32 = 0;

@inline
export function be16(address: usize): u32 {
  return bswap<u16>(load<u16>(address));
}

@inline
function isVlan(etherType: u32): bool {
  return etherType == 0x8100 || etherType == 0x88a8 || etherType == 0x9100;
}

/**
 * @param etherType 0: `packet` starts with an Ethernet header; else: with what follows one of this type
 * @returns the EtherType of IPv4 or IPv6, or 0
 */
export function enterLink(packet: usize, stop: usize, etherType: u32): u32 {
  let at = packet;
  linkEnd = stop;
  linkVlan = 0;
  if (etherType == 0) {
    if (at + ETH_HEADER > stop) return 0;
    etherType = be16(at + 12);
    at += ETH_HEADER;
  }
  for (let i: u32 = 0; i < MAX_TAGS && isVlan(etherType); i++) {
    if (at + 4 > stop) return 0;
    linkVlan = be16(at) & 0xfff;
    etherType = be16(at + 2);
    at += 4;
  }
  linkAt = at;
  if (etherType == IPV4 || etherType == IPV6) return etherType;
  if (etherType <= 1500) return llc(stop, etherType);
  if (etherType == 0x8864) return pppoe(stop);
  if (etherType == 0x8847 || etherType == 0x8848) return mpls(stop);
  return 0;
}

/** IEEE 802.3: a length instead of a type, then LLC. */
function llc(stop: usize, length: u32): u32 {
  const at = linkAt;
  if (at + 8 > stop) return 0;
  linkEnd = min(linkEnd, at + length);
  const access = be16(at) << 8 | load<u8>(at, 2);
  if (access == 0x060603) {
    linkAt = at + 3;
    return IPV4;
  }
  if (access != 0xaaaa03 || load<u8>(at, 3) != 0 || load<u16>(at, 4) != 0) return 0;
  const type = be16(at + 6);
  linkAt = at + 8;
  return type == IPV4 || type == IPV6 ? type : 0;
}

/** PPPoE session data. */
function pppoe(stop: usize): u32 {
  const at = linkAt;
  if (at + 8 > stop || load<u8>(at, 1) != 0) return 0;
  linkEnd = min(linkEnd, at + 6 + be16(at + 4));
  linkAt = at + 8;
  const protocol = be16(at + 6);
  return protocol == 0x21 ? IPV4 : protocol == 0x57 ? IPV6 : 0;
}

function mpls(stop: usize): u32 {
  for (let i: u32 = 0; i < MAX_TAGS; i++) {
    if (linkAt + 5 > stop) return 0;
    const isLast = load<u8>(linkAt, 2) & 1;
    linkAt += 4;
    if (!isLast) continue;
    const version = load<u8>(linkAt) >> 4;
    return version == 4 ? IPV4 : version == 6 ? IPV6 : 0;
  }
  return 0;
}
