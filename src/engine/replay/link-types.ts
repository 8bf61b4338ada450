/**
 * How packets of one link type become Ethernet frames: programs see frames, so what other links put before the
 * network layer is cut off and an Ethernet header with zero addresses and the right EtherType takes its place.
 * VLAN tags behind a cooked header stay where they are, as in a real frame.
 */
export interface LinkType {
  /** LINKTYPE_* of pcap files (tcpdump.org/linktypes.html). */
  readonly id: number;
  readonly name: string;
  /**
   * Looks at the link header of a packet: `bytes to cut off << 16 | EtherType`, 0 when the packet is an Ethernet
   * frame already, or a negative `SKIP` value.
   */
  readonly header: (view: DataView, at: number, captured: number) => number;
}

/** Why a packet cannot be shown to programs. */
export const SKIP = { cut: -1, notIp: -2, notEthernet: -3 } as const;
const SKIP_REASONS: Readonly<Record<number, string>> = {
  [SKIP.cut]: 'cut off inside the link header',
  [SKIP.notIp]: 'neither IPv4 nor IPv6',
  [SKIP.notEthernet]: 'not a network packet',
};

export function skipReason(link: string, code: number): string {
  return `${link}: ${SKIP_REASONS[code] ?? 'not understood'}`;
}

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
/** ARPHRD_NETLINK, ARPHRD_IEEE80211_RADIOTAP and ARPHRD_FRAD: the protocol field of a cooked header is no EtherType. */
const NO_ETHERTYPE = [824, 803, 770];
/** AF_INET6 as BSD, FreeBSD, macOS, Linux and Windows count it. */
const AF_INET6 = [24, 28, 30, 10, 23];

export const LINK_TYPES: readonly LinkType[] = [
  { id: 0, name: 'BSD loopback', header: loopback },
  { id: 1, name: 'Ethernet', header: () => 0 },
  { id: 12, name: 'raw IP', header: rawIp },
  { id: 14, name: 'raw IP', header: rawIp },
  { id: 101, name: 'raw IP', header: rawIp },
  { id: 108, name: 'OpenBSD loopback', header: loopback },
  { id: 113, name: 'Linux cooked', header: cooked },
  { id: 228, name: 'raw IPv4', header: () => IPV4 },
  { id: 229, name: 'raw IPv6', header: () => IPV6 },
  { id: 276, name: 'Linux cooked v2', header: cooked2 },
];

/** Names of link types that are skipped, for the message. */
const OTHER_NAMES: Readonly<Record<number, string>> = {
  9: 'PPP',
  50: 'PPP',
  51: 'PPPoE',
  105: 'IEEE 802.11',
  127: 'IEEE 802.11 radiotap',
  187: 'Bluetooth HCI',
  195: 'IEEE 802.15.4',
  220: 'USB',
  227: 'CAN',
  249: 'USBPcap',
  253: 'netlink',
};

const BY_ID = new Map(LINK_TYPES.map((link) => [link.id, link]));

/** @returns undefined when packets of this link type are skipped. */
export function linkTypeById(id: number): LinkType | undefined {
  return BY_ID.get(id);
}

/** `link type 105 (IEEE 802.11)` */
export function linkTypeTitle(id: number): string {
  const name = BY_ID.get(id)?.name ?? OTHER_NAMES[id];
  return name === undefined ? `link type ${id}` : `link type ${id} (${name})`;
}

function rawIp(view: DataView, at: number, captured: number): number {
  if (captured < 1) return SKIP.cut;
  const version = view.getUint8(at) >> 4;
  return version === 4 ? IPV4 : version === 6 ? IPV6 : SKIP.notIp;
}

/** The address family in the capturing machine's byte order, or in network order on OpenBSD. */
function loopback(view: DataView, at: number, captured: number): number {
  if (captured < 4) return SKIP.cut;
  const little = view.getUint32(at, true);
  const family = little > 0xffff ? view.getUint32(at) : little;
  if (family === 2) return (4 << 16) | IPV4;
  if (AF_INET6.includes(family)) return (4 << 16) | IPV6;
  return SKIP.notIp;
}

function cooked(view: DataView, at: number, captured: number): number {
  if (captured < 16) return SKIP.cut;
  return cookedProtocol(16, view.getUint16(at + 2), view.getUint16(at + 14));
}

function cooked2(view: DataView, at: number, captured: number): number {
  if (captured < 20) return SKIP.cut;
  return cookedProtocol(20, view.getUint16(at + 8), view.getUint16(at));
}

function cookedProtocol(headerSize: number, hardware: number, protocol: number): number {
  if (NO_ETHERTYPE.includes(hardware) || protocol === 0) return SKIP.notEthernet;
  return (headerSize << 16) | protocol;
}
