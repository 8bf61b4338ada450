/** The internet checksum (RFC 1071) of bytes whose checksum field is 0. */
export function internetChecksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) sum += ((part[at] as number) << 8) | (part[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** What TCP, UDP and ICMPv6 checksums cover besides the segment: RFC 9293, RFC 8200 section 8.1. */
export interface Addresses {
  /** In network order: 4 bytes each, or 16. */
  readonly src: Uint8Array;
  readonly dst: Uint8Array;
}

/** The pseudo header of a segment of so many bytes. */
export function pseudoHeader({ src, dst }: Addresses, protocol: number, length: number): Uint8Array {
  const isIpv6 = src.length === 16;
  const bytes = new Uint8Array(src.length * 2 + (isIpv6 ? 8 : 4));
  bytes.set(src);
  bytes.set(dst, src.length);
  const view = new DataView(bytes.buffer, src.length * 2);
  if (isIpv6) {
    view.setUint32(0, length);
    view.setUint32(4, protocol);
  } else {
    view.setUint16(0, protocol);
    view.setUint16(2, length);
  }
  return bytes;
}
