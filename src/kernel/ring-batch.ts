/** How a ring buffer is read: the same for all kernels. */
export interface RingBufferOptions {
  /** Records in one batch at most. Default 65536. */
  readonly batchRecords?: number;
  /** Bytes in one batch at most, headers included; a batch has at least one record. Default 4 MiB. */
  readonly batchBytes?: number;
}

export interface RingBufferWait {
  /** Ends the wait, and with it the iteration; records that are not read yet stay in the ring. */
  readonly signal?: AbortSignal;
}

/** Records taken out together, in their order. */
export interface RingBatch extends Iterable<Uint8Array> {
  readonly count: number;
  /** What holds all records; the batch's own copy. */
  readonly bytes: Uint8Array;
  /** Where record `i` starts in `bytes`: a multiple of 8. */
  readonly offsets: Uint32Array;
  /** Length of record `i`. */
  readonly lengths: Uint32Array;
}

/** A batch over bytes that it owns. */
export class Batch implements RingBatch {
  readonly count: number;
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;

  constructor(count: number, bytes: Uint8Array, offsets: Uint32Array, lengths: Uint32Array) {
    this.count = count;
    this.bytes = bytes;
    this.offsets = offsets;
    this.lengths = lengths;
  }

  *[Symbol.iterator](): Generator<Uint8Array> {
    for (let i = 0; i < this.count; i++) {
      const at = this.offsets[i] as number;
      yield this.bytes.subarray(at, at + (this.lengths[i] as number));
    }
  }
}
