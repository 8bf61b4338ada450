import type { Addresses } from './checksum.js';
import { bytesOf, unpack } from './fields.js';
import type { Layer, Protocol } from './protocol.js';

/**
 * A packet of headers, each of which learns from the next what follows it, and of a payload. Lengths and checksums are
 * the right ones unless a header is given others.
 *
 * @example
 * ```ts
 * import { ethernet, ipv4, packet, tcp } from 'skep/test';
 * const syn = packet(ethernet(), ipv4({ src: '10.0.0.1' }), tcp({ dstPort: 443, flags: 'SYN' }));
 * if (syn.length !== 54) throw new Error();
 * ```
 */
export function packet(...parts: readonly (Layer | Uint8Array | string)[]): Uint8Array {
  let bytes: Uint8Array = new Uint8Array(0);
  let next: Protocol | undefined;
  for (let at = parts.length - 1; at >= 0; at--) {
    const part = parts[at] as Layer | Uint8Array | string;
    if (typeof part === 'string' || part instanceof Uint8Array) {
      bytes = concat(typeof part === 'string' ? new TextEncoder().encode(part) : part, bytes);
      next = undefined;
      continue;
    }
    const header = part.header(bytes, next);
    bytes = concat(header, bytes);
    if (!part.keepsChecksum) fillChecksum(part.protocol, bytes, header.length, addressesAround(parts, at));
    next = part.protocol;
  }
  return bytes;
}

function concat(front: Uint8Array, back: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(front.length + back.length);
  bytes.set(front);
  bytes.set(back, front.length);
  return bytes;
}

/** The addresses of the IP header right in front of a layer. */
function addressesAround(parts: readonly (Layer | Uint8Array | string)[], at: number): Addresses | undefined {
  const outer = parts[at - 1];
  if (outer === undefined || typeof outer === 'string' || outer instanceof Uint8Array) return undefined;
  const { protocol } = outer;
  return protocol.addresses?.(unpack(protocol.fields, outer.header(new Uint8Array(0), undefined)));
}

function fillChecksum(
  protocol: Protocol,
  whole: Uint8Array,
  headerBytes: number,
  around: Addresses | undefined,
): void {
  const checksum = protocol.checksum?.(whole, headerBytes, around);
  if (checksum !== undefined)
    new DataView(whole.buffer, whole.byteOffset).setUint16(checksumOffset(protocol), checksum);
}

/** Where a header's `checksum` field begins, in bytes. */
export function checksumOffset({ fields }: Protocol): number {
  return bytesOf(
    fields.slice(
      0,
      fields.findIndex(({ name }) => name === 'checksum'),
    ),
  );
}
