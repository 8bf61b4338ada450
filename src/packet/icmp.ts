import { internetChecksum, pseudoHeader } from './checksum.js';
import { fields, pack } from './fields.js';
import type { Layer, Protocol } from './protocol.js';

const FIELDS = fields(['type', 8], ['code', 8], ['checksum', 16, 'hex'], ['id', 16], ['sequence', 16]);

/** RFC 792. What follows the checksum is shown as an echo's id and sequence number. */
export const icmpProtocol: Protocol = {
  name: 'icmp',
  numbers: [{ space: 'ip', number: 1 }],
  fields: FIELDS,
  next: () => undefined,
  checksum: (whole) => internetChecksum(whole),
};

/** RFC 4443, as `icmpProtocol`. */
export const icmpv6Protocol: Protocol = {
  name: 'icmpv6',
  numbers: [{ space: 'ip', number: 58 }],
  fields: FIELDS,
  next: () => undefined,
  checksum: (whole, _, around) =>
    around === undefined ? undefined : internetChecksum(pseudoHeader(around, 58, whole.length), whole),
};

export interface IcmpOptions {
  /** Default an echo request. */
  readonly type?: 'echo request' | 'echo reply' | number;
  readonly code?: number;
  /** The two halves of the word behind the checksum. */
  readonly id?: number;
  readonly sequence?: number;
  /** Default the right one. */
  readonly checksum?: number;
}

/** An ICMP header. */
export function icmp(options: IcmpOptions = {}): Layer {
  return message(icmpProtocol, { 'echo request': 8, 'echo reply': 0 }, options);
}

/** An ICMPv6 header. */
export function icmpv6(options: IcmpOptions = {}): Layer {
  return message(icmpv6Protocol, { 'echo request': 128, 'echo reply': 129 }, options);
}

function message(
  protocol: Protocol,
  types: { readonly 'echo request': number; readonly 'echo reply': number },
  options: IcmpOptions,
): Layer {
  const { type = 'echo request', code = 0, id = 1, sequence = 1, checksum = 0 } = options;
  const header = pack(FIELDS, {
    type: BigInt(typeof type === 'number' ? type : types[type]),
    code: BigInt(code),
    checksum: BigInt(checksum),
    id: BigInt(id),
    sequence: BigInt(sequence),
  });
  return { protocol, keepsChecksum: options.checksum !== undefined, header: () => header };
}
