import { parseIpv6 } from './addresses.js';
import { bytesOfNumber, fields, pack } from './fields.js';
import { type Layer, numberIn, type Protocol } from './protocol.js';

/** RFC 8200. */
export const ipv6Protocol: Protocol = {
  name: 'ipv6',
  numbers: [
    { space: 'ethertype', number: 0x86dd },
    { space: 'ip', number: 41 },
  ],
  fields: fields(
    ['version', 4],
    ['dscp', 6],
    ['ecn', 2],
    ['flowLabel', 20, 'hex'],
    ['length', 16],
    ['nextHeader', 8],
    ['hopLimit', 8],
    ['src', 128, 'ipv6'],
    ['dst', 128, 'ipv6'],
  ),
  totalBytes: ({ length = 0n }) => 40 + Number(length),
  next: ({ nextHeader }) => ({ space: 'ip', number: Number(nextHeader) }),
  addresses: ({ src = 0n, dst = 0n }) => ({ src: bytesOfNumber(src, 16), dst: bytesOfNumber(dst, 16) }),
};

export interface Ipv6Options {
  /** Default `fd00::1`. */
  readonly src?: string;
  /** Default `fd00::2`. */
  readonly dst?: string;
  /** Default 64. */
  readonly hopLimit?: number;
  readonly dscp?: number;
  readonly ecn?: number;
  readonly flowLabel?: number;
  /** Default: that of what follows, else 59 (nothing). */
  readonly nextHeader?: number;
  /** Payload length; default the right one. */
  readonly length?: number;
}

/** An IPv6 header. */
export function ipv6(options: Ipv6Options = {}): Layer {
  const { hopLimit = 64, dscp = 0, ecn = 0, flowLabel = 0 } = options;
  const fixed = {
    version: 6n,
    dscp: BigInt(dscp),
    ecn: BigInt(ecn),
    flowLabel: BigInt(flowLabel),
    hopLimit: BigInt(hopLimit),
    src: parseIpv6(options.src ?? 'fd00::1'),
    dst: parseIpv6(options.dst ?? 'fd00::2'),
  };
  return {
    protocol: ipv6Protocol,
    keepsChecksum: true,
    header: (payload, next) =>
      pack(ipv6Protocol.fields, {
        ...fixed,
        nextHeader: BigInt(options.nextHeader ?? numberIn('ip', next) ?? 59),
        length: BigInt(options.length ?? payload.length),
      }),
  };
}
