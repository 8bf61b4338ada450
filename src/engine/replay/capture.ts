import { SkepError } from '../../errors/base.js';
import { BatchBuilder, type PacketBatch } from './batch.js';
import { type CaptureWindow, type RecordReader, SkipCounts } from './capture-format.js';
import { PcapReader, pcapMagic } from './pcap.js';
import { PcapngReader } from './pcapng.js';

/** Bytes that tell the formats apart. */
const MAGIC_BYTES = 4;
const PCAPNG_MAGIC = 0x0a0d0d0a;
/** First bytes of compressed files, and what unpacks them. */
const COMPRESSED = [
  { magic: [0x1f, 0x8b], name: 'gzip', command: 'gunzip' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], name: 'zstd', command: 'unzstd' },
  { magic: [0xfd, 0x37, 0x7a, 0x58], name: 'xz', command: 'unxz' },
  { magic: [0x42, 0x5a, 0x68], name: 'bzip2', command: 'bunzip2' },
  { magic: [0x04, 0x22, 0x4d, 0x18], name: 'lz4', command: 'unlz4' },
];

/**
 * Reads a pcap or pcapng capture that comes in chunks of any size. Memory use does not depend on the file's length:
 * at most one chunk and one record (16 MiB) are held.
 *
 * A file that is cut off or damaged gives all packets before that place; `problem` then says what is wrong and where.
 *
 * @example
 * const reader = new CaptureReader();
 * for await (const chunk of stream) for (const batch of reader.push(chunk)) use(batch);
 * reader.end();
 * if (reader.problem) console.error(reader.problem.message);
 */
export class CaptureReader {
  /** Packets that were found but cannot be shown to programs. */
  readonly skips: SkipCounts;
  readonly #batch = new BatchBuilder();
  #reader: RecordReader | undefined;
  #problem: SkepError | undefined;
  /** Begins with what is left of the chunks so far: the start of a record. Has room to spare, for small chunks. */
  #store = new Uint8Array(0);
  #restLength = 0;
  /** Bytes of the coming chunks that belong to a block nobody reads. */
  #toSkip = 0;
  /** Bytes of the file before what is left. */
  #offset = 0;

  /** @param skips Counts to add to: several rounds of a capture may share them. */
  constructor(skips = new SkipCounts()) {
    this.skips = skips;
  }

  get format(): 'pcap' | 'pcapng' | undefined {
    return this.#reader?.format;
  }

  /** Why reading stopped before the end of the file; undefined as long as all is well. */
  get problem(): SkepError | undefined {
    return this.#problem;
  }

  /** Bytes of the file read so far. */
  get bytesRead(): number {
    return this.#offset;
  }

  /**
   * Goes on with the next bytes of the file. A batch is valid until the next one is asked for.
   * @throws {SkepError} CAPTURE_COMPRESSED, CAPTURE_UNKNOWN when the file is no capture at all.
   */
  *push(chunk: Uint8Array): Generator<PacketBatch, void, undefined> {
    if (this.#problem !== undefined) return;
    const bytes = this.#joined(chunk);
    let at = this.#open(bytes);
    const window: CaptureWindow = {
      bytes,
      view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      fileOffset: this.#offset,
    };
    for (let from = -1; at > from && at < bytes.length && this.#reader !== undefined; ) {
      from = at;
      at = this.#read(window, from);
      if (this.#batch.count > 0) yield this.#batch.batch(bytes);
      if (this.#problem !== undefined) return;
    }
    this.#keep(bytes, at);
  }

  /** Call it after the last chunk: tells a file that was cut short from a whole one. */
  end(): void {
    if (this.#problem !== undefined) return;
    if (this.#reader === undefined) {
      const rest = this.#store.subarray(0, this.#restLength);
      if (rest.length === 0) {
        throw new SkepError('CAPTURE_UNKNOWN', 'the capture is empty: not even a file header');
      }
      if (!isPcap(rest)) throw unknownFormat(rest);
      this.#problem = cutOff('in the middle of the file header', rest.length);
      return;
    }
    if (this.#restLength === 0 && this.#toSkip === 0) return;
    this.#problem = cutOff(this.#reader.partial(), this.#offset + this.#restLength);
  }

  #joined(chunk: Uint8Array): Uint8Array {
    const skipped = Math.min(this.#toSkip, chunk.length);
    this.#toSkip -= skipped;
    this.#offset += skipped;
    const fresh = skipped === 0 ? chunk : chunk.subarray(skipped);
    if (this.#restLength === 0) return fresh;
    const length = this.#restLength + fresh.length;
    if (length > this.#store.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#store.length));
      larger.set(this.#store.subarray(0, this.#restLength));
      this.#store = larger;
    }
    this.#store.set(fresh, this.#restLength);
    return this.#store.subarray(0, length);
  }

  /** Decides on the format as soon as there are enough bytes. @returns where the records start. */
  #open(bytes: Uint8Array): number {
    if (this.#reader !== undefined || bytes.length < MAGIC_BYTES) return 0;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const magic = pcapMagic(view);
    let reader: RecordReader;
    if (magic !== undefined) reader = new PcapReader(magic, this.skips);
    else if (view.getUint32(0) === PCAPNG_MAGIC) reader = new PcapngReader(this.skips);
    else throw unknownFormat(bytes);
    if (bytes.length < reader.prologue) return 0;
    reader.start(view);
    this.#reader = reader;
    return reader.prologue;
  }

  #read(window: CaptureWindow, from: number): number {
    this.#batch.clear();
    try {
      return this.#reader?.read(window, from, this.#batch) ?? from;
    } catch (error) {
      if (!(error instanceof SkepError)) throw error;
      this.#problem = error;
      return from;
    }
  }

  #keep(bytes: Uint8Array, at: number): void {
    this.#toSkip += Math.max(0, at - bytes.length);
    this.#offset += Math.min(at, bytes.length);
    const from = Math.min(at, bytes.length);
    this.#restLength = bytes.length - from;
    // A copy, so that a small rest does not keep a large chunk alive.
    if (bytes.buffer !== this.#store.buffer) this.#store = bytes.slice(from);
    else if (from > 0) this.#store.copyWithin(0, from, bytes.length);
  }
}

function isPcap(bytes: Uint8Array): boolean {
  if (bytes.length < MAGIC_BYTES) return false;
  return pcapMagic(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)) !== undefined;
}

function cutOff(where: string, offset: number): SkepError {
  return new SkepError('CAPTURE_TRUNCATED', `capture cut off ${where}, at byte ${offset}`, {
    facts: { offset },
    hint: 'The packets before that place were processed.',
  });
}

function unknownFormat(bytes: Uint8Array): SkepError {
  const packed = COMPRESSED.find(({ magic }) => magic.every((byte, index) => bytes[index] === byte));
  if (packed !== undefined) {
    return new SkepError('CAPTURE_COMPRESSED', `the capture is compressed with ${packed.name}`, {
      hint: `Unpack it first: ${packed.command} FILE`,
    });
  }
  const start = [...bytes.subarray(0, MAGIC_BYTES)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(' ');
  return new SkepError('CAPTURE_UNKNOWN', `not a pcap or pcapng capture: it starts with the bytes ${start}`, {
    facts: { start },
    hint: 'Captures are written by tcpdump -w, tshark -w or dumpcap.',
  });
}
