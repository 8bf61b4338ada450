/** 32-bit words of one packet's entry in a batch's index. */
export const INDEX_WORDS = 8;
/** Words of an index entry: where the frame starts in the batch's data, counted from its first byte. */
export const INDEX_OFFSET = 0;
/** Captured bytes from there on. */
export const INDEX_CAPTURED = 1;
/** Bytes that the frame had on the wire from there on. */
export const INDEX_LENGTH = 2;
/** 0: the data is an Ethernet frame. Else: it starts at the network layer, and a header of this EtherType goes before it. */
export const INDEX_ETHERTYPE = 3;
/** Time stamp: seconds since the epoch, then nanoseconds. */
export const INDEX_SECONDS = 4;
export const INDEX_NANOSECONDS = 5;

/** Most packets and bytes of one batch: what the engine sets aside for it. */
export const BATCH_PACKETS = 16384;
export const BATCH_BYTES = 1 << 20;

/**
 * Packets as they lie in the file, and an index of them. Both arrays are reused: a batch is valid until the
 * reader goes on.
 */
export interface PacketBatch {
  readonly data: Uint8Array;
  /** `INDEX_WORDS` words for each packet. */
  readonly index: Uint32Array;
  readonly count: number;
}

/** Collects index entries of packets that lie in one window of the file. */
export class BatchBuilder {
  readonly index = new Uint32Array(BATCH_PACKETS * INDEX_WORDS);
  count = 0;
  /** Where in the window the first packet starts and the last one ends. */
  #start = 0;
  #end = 0;

  clear(): void {
    this.count = 0;
  }

  /** Whether a packet that ends at `end` of the window still belongs into this batch. */
  takes(end: number): boolean {
    return this.count === 0 || (this.count < BATCH_PACKETS && end - this.#start <= BATCH_BYTES);
  }

  add(
    at: number,
    captured: number,
    length: number,
    etherType: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    if (this.count === 0) this.#start = at;
    this.#end = at + captured;
    const entry = this.count++ * INDEX_WORDS;
    const { index } = this;
    index[entry + INDEX_OFFSET] = at - this.#start;
    index[entry + INDEX_CAPTURED] = captured;
    index[entry + INDEX_LENGTH] = length;
    index[entry + INDEX_ETHERTYPE] = etherType;
    index[entry + INDEX_SECONDS] = seconds;
    index[entry + INDEX_NANOSECONDS] = nanoseconds;
  }

  batch(window: Uint8Array): PacketBatch {
    return { data: window.subarray(this.#start, this.#end), index: this.index, count: this.count };
  }
}
