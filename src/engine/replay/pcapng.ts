import type { BatchBuilder } from './batch.js';
import {
  type CaptureWindow,
  corrupt,
  MAX_BLOCK,
  MAX_PACKET,
  type RecordReader,
  type SkipCounts,
} from './capture-format.js';
import { type LinkType, linkTypeById, linkTypeTitle, skipReason } from './link-types.js';
import { Timescale } from './time.js';

/** Block types (draft-ietf-opsawg-pcapng). */
const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  packet: 2,
  simplePacket: 3,
  enhancedPacket: 6,
} as const;
/** Options of an interface description block. */
const OPTION = { end: 0, resolution: 9, offset: 14 } as const;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Block type, length, and the length again at the end. */
const FRAME = 12;
/** Most interfaces of a section: more would only serve to fill memory. */
const MAX_INTERFACES = 65536;

interface CaptureInterface {
  readonly linkId: number;
  readonly link: LinkType | undefined;
  readonly snapLength: number;
  readonly time: Timescale;
}

/** Reads the blocks of a pcapng file: sections of either byte order, interfaces, and all three kinds of packet block. */
export class PcapngReader implements RecordReader {
  readonly format = 'pcapng';
  readonly prologue = 0;
  readonly #skips: SkipCounts;
  #little = true;
  #interfaces: CaptureInterface[] = [];

  constructor(skips: SkipCounts) {
    this.#skips = skips;
  }

  start(): void {}

  read(window: CaptureWindow, from: number, batch: BatchBuilder): number {
    const end = window.bytes.length;
    let at = from;
    while (end - at >= FRAME) {
      const type = this.#blockType(window, at);
      const length = window.view.getUint32(at + 4, this.#little);
      const isKnown = type === BLOCK.section || type === BLOCK.interface || this.#isPacket(type);
      this.#checkLength(window, at, length);
      const next = at + length;
      if (next > end) return isKnown ? at : next;
      if (!batch.takes(next)) return at;
      if (window.view.getUint32(next - 4, this.#little) !== length) {
        throw corrupt(
          window,
          at,
          `the block says ${length} bytes at its start and another length at its end`,
        );
      }
      if (type === BLOCK.interface) this.#addInterface(window, at, length);
      else if (this.#isPacket(type)) this.#packet(window, at, length, type, batch);
      at = next;
    }
    return at;
  }

  partial(): string {
    return 'in the middle of a block';
  }

  #isPacket(type: number): boolean {
    return type === BLOCK.enhancedPacket || type === BLOCK.packet || type === BLOCK.simplePacket;
  }

  /** A section header also sets the byte order, which its own length is in. */
  #blockType(window: CaptureWindow, at: number): number {
    const { view } = window;
    if (view.getUint32(at) !== BLOCK.section) return view.getUint32(at, this.#little);
    const little = view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC;
    if (!little && view.getUint32(at + 8) !== BYTE_ORDER_MAGIC) {
      throw corrupt(window, at, 'the section header has no byte-order mark');
    }
    this.#little = little;
    this.#interfaces = [];
    return BLOCK.section;
  }

  #checkLength(window: CaptureWindow, at: number, length: number): void {
    if (length < FRAME || length % 4 !== 0) {
      throw corrupt(window, at, `a block cannot be ${length} bytes long`);
    }
    if (length > MAX_BLOCK) {
      throw corrupt(
        window,
        at,
        `the block claims ${length} bytes, more than the ${MAX_BLOCK} that a block may have`,
      );
    }
  }

  #addInterface(window: CaptureWindow, at: number, length: number): void {
    if (length < FRAME + 8) throw corrupt(window, at, 'the interface description is too short');
    if (this.#interfaces.length === MAX_INTERFACES) throw corrupt(window, at, 'too many interfaces');
    const { view } = window;
    const linkId = view.getUint16(at + 8, this.#little);
    this.#interfaces.push({
      linkId,
      link: linkTypeById(linkId),
      snapLength: view.getUint32(at + 12, this.#little),
      time: this.#timescale(view, at + 16, at + length - 4),
    });
  }

  #timescale(view: DataView, from: number, end: number): Timescale {
    let resolution = 6;
    let offset = 0n;
    let at = from;
    while (end - at >= 4) {
      const code = view.getUint16(at, this.#little);
      const length = view.getUint16(at + 2, this.#little);
      if (code === OPTION.end || at + 4 + length > end) break;
      if (code === OPTION.resolution && length === 1) resolution = view.getUint8(at + 4);
      if (code === OPTION.offset && length === 8) offset = view.getBigInt64(at + 4, this.#little);
      at += 4 + ((length + 3) & ~3);
    }
    return new Timescale(resolution, offset);
  }

  #packet(window: CaptureWindow, at: number, length: number, type: number, batch: BatchBuilder): void {
    const { view } = window;
    const little = this.#little;
    const isSimple = type === BLOCK.simplePacket;
    const data = at + (isSimple ? 12 : 28);
    if (length < data - at + 4) throw corrupt(window, at, 'the packet block is too short');
    const id = isSimple
      ? 0
      : type === BLOCK.packet
        ? view.getUint16(at + 8, little)
        : view.getUint32(at + 8, little);
    const source = this.#interfaces[id];
    if (source === undefined)
      throw corrupt(window, at, `the packet is of interface ${id}, which was not described`);
    const room = at + length - 4 - data;
    const wire = view.getUint32(isSimple ? at + 8 : at + 24, little);
    const captured = isSimple
      ? Math.min(wire, source.snapLength === 0 ? wire : source.snapLength, room)
      : view.getUint32(at + 20, little);
    if (captured > room || captured > MAX_PACKET) {
      throw corrupt(window, at, `the packet claims ${captured} bytes in a block that has room for ${room}`);
    }
    if (isSimple) source.time.set(0, 0);
    else source.time.set(view.getUint32(at + 12, little), view.getUint32(at + 16, little));
    this.#add(view, data, captured, wire, source, batch);
  }

  #add(
    view: DataView,
    data: number,
    captured: number,
    wire: number,
    source: CaptureInterface,
    batch: BatchBuilder,
  ): void {
    const { link, time } = source;
    if (link === undefined) {
      this.#skips.add(linkTypeTitle(source.linkId));
      return;
    }
    const header = link.header(view, data, captured);
    if (header < 0) {
      this.#skips.add(skipReason(link.name, header));
      return;
    }
    const cut = header >>> 16;
    batch.add(
      data + cut,
      captured - cut,
      Math.max(captured, wire) - cut,
      header & 0xffff,
      time.seconds,
      time.nanoseconds,
    );
  }
}
