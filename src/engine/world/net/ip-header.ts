import { internetChecksum } from '../../../packet/checksum.js';

export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;

/** What the network layer looks at, of both versions. */
export interface IpHeader {
  readonly version: 4 | 6;
  readonly protocol: number;
  readonly ttl: number;
  readonly src: Uint8Array;
  readonly dst: Uint8Array;
  readonly headerBytes: number;
  /** Header and payload. */
  readonly totalBytes: number;
}

const V6_HEADER = 40;
const DONT_FRAGMENT = 0x4000;

/** Reads a header; undefined when it is damaged, its checksum is wrong, or the packet is a fragment. */
export function readIp(packet: Uint8Array): IpHeader | undefined {
  const version = (packet[0] ?? 0) >> 4;
  if (version === 4) return readV4(packet);
  if (version !== 6 || packet.length < V6_HEADER) return undefined;
  const totalBytes = V6_HEADER + ((packet[4]! << 8) | packet[5]!);
  if (totalBytes > packet.length) return undefined;
  return {
    version: 6,
    protocol: packet[6]!,
    ttl: packet[7]!,
    src: packet.slice(8, 24),
    dst: packet.slice(24, 40),
    headerBytes: V6_HEADER,
    totalBytes,
  };
}

function readV4(packet: Uint8Array): IpHeader | undefined {
  const headerBytes = (packet[0]! & 15) * 4;
  if (headerBytes < 20 || packet.length < headerBytes) return undefined;
  const totalBytes = (packet[2]! << 8) | packet[3]!;
  if (totalBytes < headerBytes || totalBytes > packet.length) return undefined;
  if (internetChecksum(packet.subarray(0, headerBytes)) !== 0) return undefined;
  if ((((packet[6]! << 8) | packet[7]!) & ~DONT_FRAGMENT) !== 0) return undefined;
  return {
    version: 4,
    protocol: packet[9]!,
    ttl: packet[8]!,
    src: packet.slice(12, 16),
    dst: packet.slice(16, 20),
    headerBytes,
    totalBytes,
  };
}

export interface IpOptions {
  readonly src: Uint8Array;
  readonly dst: Uint8Array;
  readonly protocol: number;
  readonly id: number;
  readonly ttl?: number;
}

/** A header in front of a payload. */
export function buildIp({ src, dst, protocol, id, ttl = 64 }: IpOptions, payload: Uint8Array): Uint8Array {
  const isV4 = src.length === 4;
  const header = isV4 ? 20 : V6_HEADER;
  const packet = new Uint8Array(header + payload.length);
  const view = new DataView(packet.buffer);
  packet.set(payload, header);
  if (isV4) {
    packet[0] = 0x45;
    view.setUint16(2, packet.length);
    view.setUint16(4, id);
    view.setUint16(6, DONT_FRAGMENT);
    packet[8] = ttl;
    packet[9] = protocol;
    packet.set(src, 12);
    packet.set(dst, 16);
    view.setUint16(10, internetChecksum(packet.subarray(0, header)));
  } else {
    packet[0] = 0x60;
    view.setUint16(4, payload.length);
    packet[6] = protocol;
    packet[7] = ttl;
    packet.set(src, 8);
    packet.set(dst, 24);
  }
  return packet;
}

/** Counts one hop. @returns false when the packet has come too far */
export function nextTtl(packet: Uint8Array): boolean {
  const isV4 = packet[0]! >> 4 === 4;
  const at = isV4 ? 8 : 7;
  if (packet[at]! <= 1) return false;
  packet[at]!--;
  if (isV4) {
    const header = packet.subarray(0, (packet[0]! & 15) * 4);
    const view = new DataView(packet.buffer, packet.byteOffset);
    view.setUint16(10, 0);
    view.setUint16(10, internetChecksum(header));
  }
  return true;
}
