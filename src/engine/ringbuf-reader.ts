import { KernelError } from '../errors/errno.js';
import { Batch, type RingBatch, type RingBufferOptions, type RingBufferWait } from '../kernel/ring-batch.js';
import type { EngineMap } from './maps.js';
import type { EngineMemory } from './memory.js';
import {
  MAP_REFUSALS,
  MAP_VALUES,
  RB_BUSY,
  RB_CONSUMER,
  RB_DISCARD,
  RB_HEADER,
  RB_PRODUCER,
  RB_WAITERS,
  RB_WAKEUPS,
} from './runtime/layout.js';

export type { RingBatch, RingBufferOptions, RingBufferWait } from '../kernel/ring-batch.js';

/** How long a wait may last before the ring is looked at again, should a wake-up not reach this thread. */
const LOOK_AGAIN_MS = 10;

/**
 * User space's end of a `ringbuf` map: takes records out in the order in which programs reserved them.
 *
 * Records that find no room are refused (`-EAGAIN` to the program, or a null reservation) and counted in `lost`.
 * Batches cost a few nanoseconds a record; iterating record by record costs an object for each.
 *
 * @example
 * ```ts fragment
 * for await (const record of engine.ringBuffer(map)) console.log(record);
 * await engine.ringBuffer(map).forEachBatch((batch) => { total += batch.count; }, { signal });
 * ```
 */
export class RingBufferReader implements AsyncIterable<Uint8Array> {
  readonly #memory: EngineMemory;
  readonly #map: EngineMap;
  readonly #data: number;
  readonly #size: number;
  readonly #onClose: () => void;
  readonly #offsets: Uint32Array;
  readonly #lengths: Uint32Array;
  readonly #batchBytes: number;
  #closed = new AbortController();

  /** @throws {KernelError} EINVAL for another type of map */
  constructor(
    memory: EngineMemory,
    map: EngineMap,
    options: RingBufferOptions = {},
    onClose = (): void => {},
  ) {
    if (!map.type.helpers.includes('bpf_ringbuf_output')) {
      throw new KernelError('EINVAL', `Map ${map.id} is of type ${map.type.name}, which is no ring buffer.`, {
        facts: { id: map.id, type: map.type.name },
      });
    }
    const records = options.batchRecords ?? 65536;
    if (!Number.isInteger(records) || records < 1)
      throw new KernelError('EINVAL', `A batch has at least one record, not ${records}.`);
    this.#memory = memory;
    this.#map = map;
    this.#data = memory.u32(map.address + MAP_VALUES);
    this.#size = map.spec.maxEntries;
    this.#batchBytes = options.batchBytes ?? 1 << 22;
    this.#offsets = new Uint32Array(records);
    this.#lengths = new Uint32Array(records);
    this.#onClose = onClose;
  }

  /** Records that found no room since the map was made. */
  get lost(): bigint {
    return this.#memory.view.getBigUint64(this.#map.address + MAP_REFUSALS, true);
  }

  /** Bytes in the ring, headers and records in the making included. */
  get available(): number {
    const words = this.#words64();
    return Number(
      Atomics.load(words, this.#at(RB_PRODUCER) / 8) - Atomics.load(words, this.#at(RB_CONSUMER) / 8),
    );
  }

  /**
   * Takes out what is there, up to the limits of a batch; undefined when nothing is. A record that is reserved and not
   * submitted yet holds back those after it.
   */
  readBatch(): RingBatch | undefined {
    if (this.#closed.signal.aborted) return undefined;
    const { start, end, count } = this.#scan();
    if (end === start) return undefined;
    const bytes = this.#copy(start, end);
    Atomics.store(this.#words64(), this.#at(RB_CONSUMER) / 8, end);
    return count === 0
      ? this.readBatch()
      : new Batch(count, bytes, this.#offsets.slice(0, count), this.#lengths.slice(0, count));
  }

  /** Takes out all records that are there. */
  *read(): Generator<Uint8Array> {
    for (let batch = this.readBatch(); batch !== undefined; batch = this.readBatch()) yield* batch;
  }

  /**
   * Calls `onBatch` with batch after batch as they come, waiting for it, until the signal aborts or the reader is
   * closed.
   */
  async forEachBatch(
    onBatch: (batch: RingBatch) => void | Promise<void>,
    wait: RingBufferWait = {},
  ): Promise<void> {
    for (;;) {
      for (let batch = this.#next(wait); batch !== undefined; batch = this.#next(wait)) await onBatch(batch);
      if (!(await this.#wait(wait.signal))) return;
    }
  }

  /** Record after record as they come, until the signal aborts or the reader is closed. */
  async *records(wait: RingBufferWait = {}): AsyncGenerator<Uint8Array> {
    for (;;) {
      for (let batch = this.#next(wait); batch !== undefined; batch = this.#next(wait)) yield* batch;
      if (!(await this.#wait(wait.signal))) return;
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    return this.records();
  }

  /** Ends all waits and iterations. Programs may go on writing until the ring is full. */
  close(): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    this.#onClose();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #at(field: number): number {
    return this.#map.address + field;
  }

  #words64(): BigUint64Array {
    return new BigUint64Array(this.#memory.memory.buffer);
  }

  #next({ signal }: RingBufferWait): RingBatch | undefined {
    return signal?.aborted === true ? undefined : this.readBatch();
  }

  /** Notes where the records between two positions lie, relative to the first. */
  #scan(): { start: bigint; end: bigint; count: number } {
    const words = this.#words64();
    const start = Atomics.load(words, this.#at(RB_CONSUMER) / 8);
    const written = Number(Atomics.load(words, this.#at(RB_PRODUCER) / 8) - start);
    const headers = new Uint32Array(this.#memory.memory.buffer);
    const mask = this.#size - 1;
    const first = Number(start & BigInt(mask));
    const most = this.#offsets.length;
    let count = 0;
    let at = 0;
    while (at < written && count < most && (at === 0 || at < this.#batchBytes)) {
      const word = Atomics.load(headers, (this.#data + ((first + at) & mask)) >>> 2);
      if (word >= RB_BUSY) break;
      const length = word & ~RB_DISCARD;
      if (word < RB_DISCARD) {
        this.#offsets[count] = at + RB_HEADER;
        this.#lengths[count++] = length;
      }
      at += (length + RB_HEADER + 7) & ~7;
    }
    return { start, end: start + BigInt(at), count };
  }

  #copy(start: bigint, end: bigint): Uint8Array {
    const size = Number(end - start);
    const from = Number(start & BigInt(this.#size - 1));
    const first = Math.min(size, this.#size - from);
    if (first === size) return this.#memory.read(this.#data + from, size);
    const bytes = new Uint8Array(size);
    const all = this.#memory.bytes;
    bytes.set(all.subarray(this.#data + from, this.#data + from + first));
    bytes.set(all.subarray(this.#data, this.#data + size - first), first);
    return bytes;
  }

  /** Waits until there may be records; false when it is over. */
  async #wait(signal: AbortSignal | undefined): Promise<boolean> {
    const ends = [this.#closed.signal, ...(signal === undefined ? [] : [signal])];
    if (ends.some((end) => end.aborted)) return false;
    const words = new Int32Array(this.#memory.memory.buffer);
    const wakeups = this.#at(RB_WAKEUPS) >>> 2;
    const seen = Atomics.load(words, wakeups);
    Atomics.add(words, this.#at(RB_WAITERS) >>> 2, 1);
    try {
      // A record that came before the writer could see that somebody waits wakes nobody.
      if (this.#hasRecord()) return true;
      await woken(words, wakeups, seen, this.#memory.shared, ends);
    } finally {
      Atomics.sub(words, this.#at(RB_WAITERS) >>> 2, 1);
    }
    return !ends.some((end) => end.aborted);
  }

  #hasRecord(): boolean {
    const { start, end } = this.#scan();
    return end !== start;
  }
}

/** Resolves when the word changes, a signal aborts, or some time has passed. */
function woken(
  words: Int32Array<ArrayBufferLike>,
  index: number,
  seen: number,
  shared: boolean,
  ends: readonly AbortSignal[],
): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      for (const end of ends) end.removeEventListener('abort', done);
      resolve();
    };
    // The timer also keeps a process alive whose programs run in other threads.
    const timer = setTimeout(done, LOOK_AGAIN_MS);
    for (const end of ends) end.addEventListener('abort', done);
    const { waitAsync } = Atomics as { waitAsync?: WaitAsync };
    if (!shared || waitAsync === undefined) return;
    const { value } = waitAsync(words, index, seen, LOOK_AGAIN_MS);
    if (typeof value === 'string') done();
    else void value.then(done);
  });
}

/** `Atomics.waitAsync`, which not every environment has. */
type WaitAsync = (
  words: Int32Array<ArrayBufferLike>,
  index: number,
  value: number,
  timeout: number,
) => { readonly value: Promise<string> | string };
