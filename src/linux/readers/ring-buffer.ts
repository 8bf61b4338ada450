import { KernelError } from '../../errors/errno.js';
import {
  Batch,
  type RingBatch,
  type RingBufferOptions,
  type RingBufferWait,
} from '../../kernel/ring-batch.js';
import type { LinuxMap } from '../maps.js';
import { Mapping, PAGE } from '../sys/mapping.js';
import { sharedPoller } from '../sys/poller.js';
import { waitForAny } from './waiting.js';

/** Bits of a record's first word, and the bytes before its data. */
const BUSY = 0x8000_0000;
const DISCARD = 0x4000_0000;
const HEADER = 8;

/**
 * User space's end of a `ringbuf` map (Linux 5.8), over its mapped pages: takes records out in the order in which
 * programs reserved them.
 *
 * A full ring refuses records: `bpf_ringbuf_reserve` and `_output` fail, and the kernel counts nothing. A program that
 * has to know counts them itself. One reader at a time: two would take each other's records.
 *
 * @example
 * ```ts fragment
 * for await (const record of kernel.ringBuffer(map)) console.log(record);
 * await kernel.ringBuffer(map).forEachBatch((batch) => { total += batch.count; }, { signal });
 * ```
 */
export class LinuxRingBuffer implements AsyncIterable<Uint8Array> {
  readonly #map: LinuxMap;
  readonly #size: number;
  readonly #batchBytes: number;
  readonly #consumerPage: Mapping;
  readonly #ringPages: Mapping;
  readonly #consumer: BigInt64Array<ArrayBuffer>;
  readonly #producer: BigInt64Array<ArrayBuffer>;
  /** The data, twice in a row: no record is in two parts. */
  readonly #data: Uint8Array;
  readonly #words: Int32Array<ArrayBuffer>;
  readonly #offsets: Uint32Array;
  readonly #lengths: Uint32Array;
  readonly #closed = new AbortController();

  /** @throws {KernelError} EINVAL for another type of map; EPERM when its pages may not be mapped */
  constructor(map: LinuxMap, options: RingBufferOptions = {}) {
    if (map.typeName !== 'ringbuf')
      throw new KernelError('EINVAL', `Map ${map.id} is of type ${map.typeName}, which is no ring buffer.`, {
        facts: { id: map.id, type: map.typeName },
      });
    const records = options.batchRecords ?? 65536;
    this.#map = map;
    this.#size = map.maxEntries;
    this.#batchBytes = options.batchBytes ?? 1 << 22;
    this.#offsets = new Uint32Array(records);
    this.#lengths = new Uint32Array(records);
    this.#consumerPage = new Mapping(map.fd, PAGE, { writable: true });
    try {
      this.#ringPages = new Mapping(map.fd, PAGE + 2 * this.#size, { offset: PAGE });
    } catch (error) {
      this.#consumerPage.close();
      throw error;
    }
    this.#consumer = new BigInt64Array(this.#consumerPage.buffer, 0, 1);
    this.#producer = new BigInt64Array(this.#ringPages.buffer, 0, 1);
    this.#data = new Uint8Array(this.#ringPages.buffer, PAGE);
    this.#words = new Int32Array(this.#ringPages.buffer, PAGE);
  }

  /** Bytes in the ring, headers and records in the making included. */
  get available(): number {
    return this.#closed.signal.aborted
      ? 0
      : Number(Atomics.load(this.#producer, 0) - Atomics.load(this.#consumer, 0));
  }

  /**
   * Takes out what is there, up to the limits of a batch, as a copy; undefined when nothing is. A record that is
   * reserved and not submitted yet holds back those after it.
   */
  readBatch(): RingBatch | undefined {
    for (;;) {
      const found = this.#scan();
      if (found === undefined) return undefined;
      const { start, length, count } = found;
      const bytes = count === 0 ? undefined : this.#data.slice(start, start + length);
      this.#advance(length);
      if (bytes !== undefined)
        return new Batch(count, bytes, this.#offsets.slice(0, count), this.#lengths.slice(0, count));
    }
  }

  /**
   * Hands all records that are there to `onRecord` without copying them: a view is valid only until `onRecord` returns.
   * @returns how many there were.
   */
  consume(onRecord: (record: Uint8Array) => void): number {
    let total = 0;
    for (let found = this.#scan(); found !== undefined; found = this.#scan()) {
      const { start, length, count } = found;
      for (let index = 0; index < count; index++) {
        const at = start + (this.#offsets[index] as number);
        onRecord(this.#data.subarray(at, at + (this.#lengths[index] as number)));
      }
      this.#advance(length);
      total += count;
    }
    return total;
  }

  /** Takes out all records that are there. */
  *read(): Generator<Uint8Array> {
    for (let batch = this.readBatch(); batch !== undefined; batch = this.readBatch()) yield* batch;
  }

  /** Calls `onBatch` with batch after batch as they come, until the signal aborts or the reader is closed. */
  async forEachBatch(
    onBatch: (batch: RingBatch) => void | Promise<void>,
    wait: RingBufferWait = {},
  ): Promise<void> {
    for (;;) {
      for (let batch = this.#next(wait); batch !== undefined; batch = this.#next(wait)) await onBatch(batch);
      if (!(await waitForAny([this.#map.fd], this.#closed.signal, wait))) return;
    }
  }

  /** Record after record as they come, until the signal aborts or the reader is closed. */
  async *records(wait: RingBufferWait = {}): AsyncGenerator<Uint8Array> {
    for (;;) {
      for (let batch = this.#next(wait); batch !== undefined; batch = this.#next(wait)) yield* batch;
      if (!(await waitForAny([this.#map.fd], this.#closed.signal, wait))) return;
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    return this.records();
  }

  /** Ends all waits and iterations. The map stays; programs may go on writing until the ring is full. */
  close(): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    sharedPoller().forget(this.#map.fd);
    this.#consumerPage.close();
    this.#ringPages.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #next({ signal }: RingBufferWait): RingBatch | undefined {
    return signal?.aborted === true ? undefined : this.readBatch();
  }

  /** Finds the records of one batch; `length` is that of all of them, discarded ones too. */
  #scan(): { readonly start: number; readonly length: number; readonly count: number } | undefined {
    if (this.#closed.signal.aborted) return undefined;
    const consumed = Atomics.load(this.#consumer, 0);
    const there = Number(Atomics.load(this.#producer, 0) - consumed);
    const start = Number(consumed & BigInt(this.#size - 1));
    const most = this.#offsets.length;
    let at = 0;
    let count = 0;
    while (at < there && count < most && (at === 0 || at < this.#batchBytes)) {
      const word = Atomics.load(this.#words, (start + at) >>> 2) >>> 0;
      if (word >= BUSY) break;
      const length = word & (DISCARD - 1);
      if (word < DISCARD) {
        this.#offsets[count] = at + HEADER;
        this.#lengths[count++] = length;
      }
      at += (length + HEADER + 7) & ~7;
      // The second copy of the data ends after one size.
      if (at >= this.#size) break;
    }
    return at === 0 ? undefined : { start, length: at, count };
  }

  #advance(length: number): void {
    Atomics.store(this.#consumer, 0, Atomics.load(this.#consumer, 0) + BigInt(length));
  }
}
