import { internetChecksum, pseudoHeader } from './checksum.js';
import { fields, pack } from './fields.js';
import { type Layer, numberIn, type Protocol } from './protocol.js';

/** RFC 768. */
export const udpProtocol: Protocol = {
  name: 'udp',
  numbers: [{ space: 'ip', number: 17 }],
  fields: fields(['srcPort', 16], ['dstPort', 16], ['length', 16], ['checksum', 16, 'hex']),
  totalBytes: ({ length = 0n }) => Number(length),
  next: ({ dstPort }) => ({ space: 'udp', number: Number(dstPort) }),
  // 0 means that there is none, so a sum of 0 is sent as its other form.
  checksum: (whole, _, around) =>
    around === undefined
      ? undefined
      : internetChecksum(pseudoHeader(around, 17, whole.length), whole) || 0xffff,
};

export interface UdpOptions {
  /** Default 40000. */
  readonly srcPort?: number;
  /** Default: that of what follows, else 53. */
  readonly dstPort?: number;
  /** Default the right one. */
  readonly length?: number;
  /** Default the right one; 0 sends none. */
  readonly checksum?: number;
}

/** A UDP header. */
export function udp(options: UdpOptions = {}): Layer {
  const { srcPort = 40000, checksum = 0 } = options;
  return {
    protocol: udpProtocol,
    keepsChecksum: options.checksum !== undefined,
    header: (payload, next) =>
      pack(udpProtocol.fields, {
        srcPort: BigInt(srcPort),
        dstPort: BigInt(options.dstPort ?? numberIn('udp', next) ?? 53),
        length: BigInt(options.length ?? 8 + payload.length),
        checksum: BigInt(checksum),
      }),
  };
}
