import type { BatchBuilder } from './batch.js';
import {
  type CaptureWindow,
  corrupt,
  MAX_PACKET,
  type RecordReader,
  type SkipCounts,
} from './capture-format.js';
import { type LinkType, linkTypeById, linkTypeTitle, skipReason } from './link-types.js';

const MAGIC = {
  microseconds: 0xa1b2c3d4,
  nanoseconds: 0xa1b23c4d,
  /** Kuznetzov's variant: 8 more bytes in each record's header. */
  modified: 0xa1b2cd34,
} as const;

const FILE_HEADER = 24;

/** @returns the byte order and unit of a pcap file, undefined when the magic number is another. */
export function pcapMagic(
  view: DataView,
): { little: boolean; nanoseconds: number; header: number } | undefined {
  for (const little of [true, false]) {
    const magic = view.getUint32(0, little);
    if (magic === MAGIC.microseconds) return { little, nanoseconds: 1000, header: 16 };
    if (magic === MAGIC.nanoseconds) return { little, nanoseconds: 1, header: 16 };
    if (magic === MAGIC.modified) return { little, nanoseconds: 1000, header: 24 };
  }
  return undefined;
}

/** Reads the records of a pcap file (draft-ietf-opsawg-pcap): one link type, one snap length for all. */
export class PcapReader implements RecordReader {
  readonly format = 'pcap';
  readonly prologue = FILE_HEADER;
  readonly #little: boolean;
  readonly #unit: number;
  readonly #header: number;
  readonly #skips: SkipCounts;
  #link: LinkType | undefined;
  #linkId = -1;

  constructor(magic: { little: boolean; nanoseconds: number; header: number }, skips: SkipCounts) {
    this.#little = magic.little;
    this.#unit = magic.nanoseconds;
    this.#header = magic.header;
    this.#skips = skips;
  }

  /** `FILE_HEADER` bytes. The upper 16 bits of the link type hold the length of the frame check sequence. */
  start(view: DataView): void {
    this.#linkId = view.getUint32(20, this.#little) & 0xffff;
    this.#link = linkTypeById(this.#linkId);
  }

  read(window: CaptureWindow, from: number, batch: BatchBuilder): number {
    const { view } = window;
    const little = this.#little;
    const end = window.bytes.length;
    let at = from;
    while (end - at >= this.#header) {
      const captured = view.getUint32(at + 8, little);
      if (captured > MAX_PACKET) {
        throw corrupt(
          window,
          at,
          `the packet claims ${captured} bytes, more than the ${MAX_PACKET} that a capture may hold`,
        );
      }
      const next = at + this.#header + captured;
      if (next > end || !batch.takes(next)) break;
      this.#packet(view, at, captured, batch);
      at = next;
    }
    return at;
  }

  #packet(view: DataView, at: number, captured: number, batch: BatchBuilder): void {
    const little = this.#little;
    const link = this.#link;
    if (link === undefined) {
      this.#skips.add(linkTypeTitle(this.#linkId));
      return;
    }
    const data = at + this.#header;
    const header = link.header(view, data, captured);
    if (header < 0) {
      this.#skips.add(skipReason(link.name, header));
      return;
    }
    const cut = header >>> 16;
    batch.add(
      data + cut,
      captured - cut,
      Math.max(captured, view.getUint32(at + 12, little)) - cut,
      header & 0xffff,
      view.getUint32(at, little),
      Math.min(view.getUint32(at + 4, little) * this.#unit, 0xffffffff),
    );
  }

  partial(): string {
    return 'in the middle of a packet';
  }
}
