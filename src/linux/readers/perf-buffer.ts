import { readFileSync } from 'node:fs';
import { KernelError } from '../../errors/errno.js';
import type { RingBufferWait } from '../../kernel/ring-batch.js';
import { mapUpdate } from '../bpf/map.js';
import type { LinuxMap } from '../maps.js';
import type { Fd } from '../sys/fd.js';
import { Mapping, PAGE } from '../sys/mapping.js';
import { PERF_COUNT_SW, PERF_TYPE, perfEventEnable, perfEventOpen } from '../sys/perf-event.js';
import { sharedPoller } from '../sys/poller.js';
import { waitForAny } from './waiting.js';

/** What a program sent with `bpf_perf_event_output`. */
export interface LinuxPerfRecord {
  readonly cpu: number;
  /** Nanoseconds of the kernel's perf clock. */
  readonly time: bigint;
  /** What was sent, padded by the kernel with up to 7 bytes. */
  readonly data: Uint8Array;
}

export interface LinuxPerfOptions {
  /** Of each CPU's ring: a power of two, at least 4096. Default 65536. */
  readonly bytesPerCpu?: number;
}

/** `PERF_SAMPLE_*` */
const SAMPLE_RAW = 1 << 10;
const SAMPLE_TIME = 1 << 2;
/** Fields of struct perf_event_mmap_page, as indexes of 8 bytes. */
const DATA_HEAD = 1024 / 8;
const DATA_TAIL = 1032 / 8;
/** `PERF_RECORD_*` */
const LOST = 2;
const SAMPLE = 9;

/** One CPU's ring. */
interface Ring {
  readonly cpu: number;
  readonly event: Fd;
  readonly mapping: Mapping;
  readonly positions: BigInt64Array<ArrayBuffer>;
  readonly data: Uint8Array;
}

/**
 * User space's end of a `perf_event_array`: one ring for each CPU that is online. While it is open, programs'
 * `bpf_perf_event_output` with BPF_F_CURRENT_CPU reaches it; what finds no room is counted in `lost`.
 */
export class LinuxPerfBuffer implements AsyncIterable<LinuxPerfRecord> {
  readonly #rings: Ring[] = [];
  readonly #closed = new AbortController();
  #lost = 0n;

  /** @throws {KernelError} EINVAL for another type of map or size */
  constructor(map: LinuxMap, options: LinuxPerfOptions = {}) {
    const size = options.bytesPerCpu ?? 65536;
    if (map.typeName !== 'perf_event_array')
      throw new KernelError('EINVAL', `Map ${map.id} is of type ${map.typeName}, which has no perf records.`);
    if (!(size >= PAGE) || (size & (size - 1)) !== 0 || size > 1 << 30)
      throw new KernelError(
        'EINVAL',
        `A perf ring has a power of two of at least ${PAGE} bytes, not ${size}.`,
      );
    try {
      for (const cpu of onlineCpus().filter((one) => one < map.maxEntries)) {
        this.#rings.push(openRing(cpu, size));
        const { event } = this.#rings.at(-1) as Ring;
        mapUpdate(map.fd, bytesOf(cpu), bytesOf(event.fd));
        perfEventEnable(event);
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Records that found no room so far, all CPUs together, as the kernel told when it had room again. */
  get lost(): bigint {
    return this.#lost;
  }

  /** Takes all records out that are there, CPU by CPU, each CPU's in their order. */
  *read(): Generator<LinuxPerfRecord> {
    for (const ring of this.#rings) yield* this.#readRing(ring);
  }

  /** Record after record as they come, until the signal aborts or the reader is closed. */
  async *records(wait: RingBufferWait = {}): AsyncGenerator<LinuxPerfRecord> {
    const events = this.#rings.map(({ event }) => event);
    do yield* this.read();
    while (await waitForAny(events, this.#closed.signal, wait));
  }

  [Symbol.asyncIterator](): AsyncGenerator<LinuxPerfRecord> {
    return this.records();
  }

  /** Gives the rings back; programs then get -ENOENT. */
  close(): void {
    this.#closed.abort();
    for (const { event, mapping } of this.#rings.splice(0)) {
      sharedPoller().forget(event);
      mapping.close();
      event.close();
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  *#readRing({ cpu, positions, data }: Ring): Generator<LinuxPerfRecord> {
    const mask = BigInt(data.length - 1);
    for (;;) {
      if (this.#closed.signal.aborted) return;
      const tail = Atomics.load(positions, DATA_TAIL);
      if (tail === Atomics.load(positions, DATA_HEAD)) return;
      const header = viewOf(copy(data, Number(tail & mask), 8));
      const size = header.getUint16(6, true);
      const record = viewOf(copy(data, Number(tail & mask), size));
      Atomics.store(positions, DATA_TAIL, tail + BigInt(size));
      const type = header.getUint32(0, true);
      if (type === LOST) this.#lost += record.getBigUint64(16, true);
      else if (type === SAMPLE) {
        const length = record.getUint32(16, true);
        const time = record.getBigUint64(8, true);
        yield { cpu, time, data: new Uint8Array(record.buffer, 20, length) };
      }
    }
  }
}

function openRing(cpu: number, size: number): Ring {
  const event = perfEventOpen(
    `the perf ring of CPU ${cpu}`,
    {
      type: PERF_TYPE.software,
      config: PERF_COUNT_SW.bpf_output,
      sample_type: SAMPLE_RAW | SAMPLE_TIME,
      sample_period: 1,
      wakeup_events: 1,
    },
    { pid: -1, cpu },
  );
  try {
    const mapping = new Mapping(event, PAGE + size, { writable: true });
    return {
      cpu,
      event,
      mapping,
      positions: new BigInt64Array(mapping.buffer, 0, PAGE / 8),
      data: new Uint8Array(mapping.buffer, PAGE),
    };
  } catch (error) {
    event.close();
    throw error;
  }
}

/** A record may go over the ring's end. */
function copy(ring: Uint8Array, at: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const first = Math.min(size, ring.length - at);
  bytes.set(ring.subarray(at, at + first));
  bytes.set(ring.subarray(0, size - first), first);
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView<ArrayBuffer> {
  return new DataView(bytes.buffer as ArrayBuffer);
}

function bytesOf(value: number): Uint8Array {
  return new Uint8Array(new Int32Array([value]).buffer);
}

function onlineCpus(): number[] {
  const text = readFileSync('/sys/devices/system/cpu/online', 'utf8').trim();
  return text.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
