import { internetChecksum, pseudoHeader } from './checksum.js';
import { fields, pack } from './fields.js';
import type { Layer, Protocol } from './protocol.js';
import { showTcpOptions, type TcpOption, writeTcpOptions } from './tcp-options.js';

const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR', 'AE'] as const;
export type TcpFlag = (typeof FLAGS)[number];

/** RFC 9293. */
export const tcpProtocol: Protocol = {
  name: 'tcp',
  numbers: [{ space: 'ip', number: 6 }],
  fields: fields(
    ['srcPort', 16],
    ['dstPort', 16],
    ['seq', 32],
    ['ack', 32],
    ['headerWords', 4],
    ['reserved', 3],
    ['flags', 9, FLAGS],
    ['window', 16],
    ['checksum', 16, 'hex'],
    ['urgent', 16],
  ),
  headerBytes: ({ headerWords = 0n }) => Number(headerWords) * 4,
  options: showTcpOptions,
  next: () => undefined,
  checksum: (whole, _, around) =>
    around === undefined ? undefined : internetChecksum(pseudoHeader(around, 6, whole.length), whole),
};

export interface TcpOptions {
  /** Default 40000. */
  readonly srcPort?: number;
  /** Default 80. */
  readonly dstPort?: number;
  /** Words as in `'SYN ACK'`, or a list; default none. */
  readonly flags?: TcpFlag | `${TcpFlag} ${TcpFlag}` | readonly TcpFlag[];
  readonly seq?: number;
  readonly ack?: number;
  /** Default 65535. */
  readonly window?: number;
  readonly urgent?: number;
  /** Padded to whole words. */
  readonly options?: readonly TcpOption[] | Uint8Array;
  /** In words; default the right one. */
  readonly headerWords?: number;
  /** Default the right one. */
  readonly checksum?: number;
}

/** A TCP header. */
export function tcp(options: TcpOptions = {}): Layer {
  const { srcPort = 40000, dstPort = 80, flags = [], seq = 0, ack = 0, window = 65535 } = options;
  const { urgent = 0, checksum = 0 } = options;
  const extra = writeTcpOptions(options.options ?? []);
  const header = new Uint8Array(20 + extra.length);
  const words = typeof flags === 'string' ? flags.split(' ') : flags;
  header.set(
    pack(tcpProtocol.fields, {
      srcPort: BigInt(srcPort),
      dstPort: BigInt(dstPort),
      seq: BigInt(seq),
      ack: BigInt(ack),
      headerWords: BigInt(options.headerWords ?? header.length / 4),
      flags: BigInt(words.reduce((bits, flag) => bits | (1 << FLAGS.indexOf(flag as TcpFlag)), 0)),
      window: BigInt(window),
      checksum: BigInt(checksum),
      urgent: BigInt(urgent),
    }),
  );
  header.set(extra, 20);
  return { protocol: tcpProtocol, keepsChecksum: options.checksum !== undefined, header: () => header };
}
