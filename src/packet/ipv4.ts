import { parseIpv4 } from './addresses.js';
import { internetChecksum } from './checksum.js';
import { bytesOfNumber, fields, pack } from './fields.js';
import { type Layer, numberIn, type Protocol } from './protocol.js';

/** RFC 791. */
export const ipv4Protocol: Protocol = {
  name: 'ipv4',
  numbers: [
    { space: 'ethertype', number: 0x0800 },
    { space: 'ip', number: 4 },
  ],
  fields: fields(
    ['version', 4],
    ['headerWords', 4],
    ['dscp', 6],
    ['ecn', 2],
    ['length', 16],
    ['id', 16],
    ['flags', 3, ['MF', 'DF', 'reserved']],
    ['fragmentOffset', 13],
    ['ttl', 8],
    ['protocol', 8],
    ['checksum', 16, 'hex'],
    ['src', 32, 'ipv4'],
    ['dst', 32, 'ipv4'],
  ),
  headerBytes: ({ headerWords = 0n }) => Number(headerWords) * 4,
  totalBytes: ({ length = 0n }) => Number(length),
  // What follows in later fragments is no header.
  next: ({ protocol, fragmentOffset }) =>
    fragmentOffset === 0n ? { space: 'ip', number: Number(protocol) } : undefined,
  addresses: ({ src = 0n, dst = 0n }) => ({ src: bytesOfNumber(src, 4), dst: bytesOfNumber(dst, 4) }),
  checksum: (whole, headerBytes) => internetChecksum(whole.subarray(0, headerBytes)),
};

export interface Ipv4Options {
  /** Default `10.0.0.1`. */
  readonly src?: string;
  /** Default `10.0.0.2`. */
  readonly dst?: string;
  /** Default 64. */
  readonly ttl?: number;
  readonly dscp?: number;
  readonly ecn?: number;
  readonly id?: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** In units of 8 bytes. */
  readonly fragmentOffset?: number;
  /** Default: that of what follows, else 255. */
  readonly protocol?: number;
  /** Bytes of options, padded to whole words. */
  readonly options?: Uint8Array;
  /** Total length; default the right one. */
  readonly length?: number;
  /** In words; default the right one. */
  readonly headerWords?: number;
  /** Default the right one. */
  readonly checksum?: number;
}

/** An IPv4 header. */
export function ipv4(options: Ipv4Options = {}): Layer {
  const extra = new Uint8Array(Math.ceil((options.options?.length ?? 0) / 4) * 4);
  extra.set(options.options ?? []);
  const size = 20 + extra.length;
  const { ttl = 64, dscp = 0, ecn = 0, id = 0, fragmentOffset = 0, checksum = 0 } = options;
  const fixed = {
    version: 4n,
    headerWords: BigInt(options.headerWords ?? size / 4),
    dscp: BigInt(dscp),
    ecn: BigInt(ecn),
    id: BigInt(id),
    flags: (options.moreFragments ? 1n : 0n) | (options.dontFragment ? 2n : 0n),
    fragmentOffset: BigInt(fragmentOffset),
    ttl: BigInt(ttl),
    checksum: BigInt(checksum),
    src: parseIpv4(options.src ?? '10.0.0.1'),
    dst: parseIpv4(options.dst ?? '10.0.0.2'),
  };
  return {
    protocol: ipv4Protocol,
    keepsChecksum: options.checksum !== undefined,
    header: (payload, next) => {
      const header = new Uint8Array(size);
      const protocol = BigInt(options.protocol ?? numberIn('ip', next) ?? 255);
      const length = BigInt(options.length ?? size + payload.length);
      header.set(pack(ipv4Protocol.fields, { ...fixed, protocol, length }));
      header.set(extra, 20);
      return header;
    },
  };
}
