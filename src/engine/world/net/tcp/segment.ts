import { internetChecksum, pseudoHeader } from '../../../../packet/checksum.js';
import { PROTOCOL } from '../ip-header.js';

export const FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;
const OPTION = { end: 0, nop: 1, mss: 2 } as const;
const HEADER = 20;

/** A TCP segment taken apart, or to be put together. */
export interface Segment {
  readonly srcPort: number;
  readonly dstPort: number;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly window: number;
  readonly data: Uint8Array;
  /** Maximum segment size; of segments with SYN. */
  readonly mss?: number;
}

export interface Ends {
  readonly src: Uint8Array;
  readonly dst: Uint8Array;
}

/** What a SYN says besides the MSS: selective acknowledgements, and a window that is not scaled. */
const SYN_OPTIONS = [4, 2, 1, 1, 1, 3, 3, 0, 1, 1];

/** The bytes of a segment with its checksum. */
export function buildSegment(segment: Segment, { src, dst }: Ends): Uint8Array {
  const { mss } = segment;
  const options =
    mss === undefined ? [] : [OPTION.mss, 4, mss >> 8, mss & 0xff, ...SYN_OPTIONS, OPTION.nop, OPTION.end];
  const header = HEADER + options.length;
  const bytes = new Uint8Array(header + segment.data.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, segment.srcPort);
  view.setUint16(2, segment.dstPort);
  view.setUint32(4, segment.seq);
  view.setUint32(8, segment.ack);
  bytes[12] = (header / 4) << 4;
  bytes[13] = segment.flags;
  view.setUint16(14, segment.window);
  bytes.set(options, HEADER);
  bytes.set(segment.data, header);
  view.setUint16(16, internetChecksum(pseudoHeader({ src, dst }, PROTOCOL.tcp, bytes.length), bytes));
  return bytes;
}

/** Undefined for one that is too short; 'checksum' for a damaged one. */
export function readSegment(bytes: Uint8Array, { src, dst }: Ends): Segment | 'checksum' | undefined {
  const header = ((bytes[12] ?? 0) >> 4) * 4;
  if (bytes.length < HEADER || header < HEADER || header > bytes.length) return undefined;
  if (internetChecksum(pseudoHeader({ src, dst }, PROTOCOL.tcp, bytes.length), bytes) !== 0)
    return 'checksum';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const mss = mssOf(bytes.subarray(HEADER, header));
  return {
    srcPort: view.getUint16(0),
    dstPort: view.getUint16(2),
    seq: view.getUint32(4),
    ack: view.getUint32(8),
    flags: bytes[13]!,
    window: view.getUint16(14),
    data: bytes.slice(header),
    ...(mss === undefined ? {} : { mss }),
  };
}

function mssOf(options: Uint8Array): number | undefined {
  for (let at = 0; at < options.length; ) {
    const kind = options[at];
    if (kind === OPTION.end) return undefined;
    if (kind === OPTION.nop) {
      at++;
      continue;
    }
    const length = options[at + 1] ?? 0;
    if (length < 2) return undefined;
    if (kind === OPTION.mss && length === 4) return (options[at + 2]! << 8) | options[at + 3]!;
    at += length;
  }
  return undefined;
}

/** How far `b` is behind `a` in the circle of sequence numbers; negative when it is before. */
export function distance(a: number, b: number): number {
  return (b - a) | 0;
}

/** The sequence number so many further on. */
export function after(seq: number, count: number): number {
  return (seq + count) >>> 0;
}
