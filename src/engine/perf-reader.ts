import { KernelError } from '../errors/errno.js';
import type { EngineMap } from './maps.js';
import type { EngineMemory } from './memory.js';
import {
  MAP_VALUES,
  PERF_STRIDE,
  RING_CAPACITY,
  RING_DATA,
  RING_HEAD,
  RING_LOST,
  RING_TAIL,
  RING_WRITTEN,
} from './runtime/layout.js';

/** What a program sent with `bpf_perf_event_output`. */
export interface PerfRecord {
  readonly cpu: number;
  /** Exactly what was sent; Linux's readers see it padded with up to 7 bytes. */
  readonly data: Uint8Array;
}

export interface PerfReaderOptions {
  /** Of each CPU's ring: a power of two, at least 4096. Default 65536. */
  readonly bytesPerCpu?: number;
}

/**
 * User space's end of a `perf_event_array`: one ring for each CPU, as libbpf's perf buffer.
 *
 * While it is open, `bpf_perf_event_output` with BPF_F_CURRENT_CPU reaches it; records that find no room are lost,
 * answered with -ENOSPC and counted. Without a reader programs get -ENOENT.
 */
export class PerfReader {
  readonly #memory: EngineMemory;
  readonly #map: EngineMap;
  readonly #rings: number[] = [];
  readonly #onClose: () => void;
  #closed = false;

  /** @throws {KernelError} EBUSY when the map has a reader, EINVAL for another type of map or size, ENOMEM */
  constructor(
    memory: EngineMemory,
    map: EngineMap,
    options: PerfReaderOptions = {},
    onClose: () => void = () => {},
  ) {
    const size = options.bytesPerCpu ?? 65536;
    if (!map.type.helpers.includes('bpf_perf_event_output')) {
      throw new KernelError(
        'EINVAL',
        `Map ${map.id} is of type ${map.type.name}, which has no perf records to read.`,
      );
    }
    if (!(size >= 4096) || (size & (size - 1)) !== 0 || size > 1 << 30) {
      throw new KernelError('EINVAL', `A perf ring has a power of two of at least 4096 bytes, not ${size}.`);
    }
    this.#memory = memory;
    this.#map = map;
    this.#onClose = onClose;
    this.#open(Math.min(memory.cpus, map.spec.maxEntries), size);
  }

  #open(count: number, size: number): void {
    for (let cpu = 0; cpu < count; cpu++) {
      if (this.#memory.u32(this.#slot(cpu)) !== 0) {
        throw new KernelError('EBUSY', `Map ${this.#map.id} has a reader already.`);
      }
    }
    for (let cpu = 0; cpu < count; cpu++) {
      const ring = this.#memory.runtime.perf_ring_create(cpu, size) >>> 0;
      if (ring === 0) {
        this.#free();
        throw new KernelError('ENOMEM', `The engine's memory has no room for a perf ring of ${size} bytes.`);
      }
      this.#rings.push(ring);
      this.#memory.setU32(this.#slot(cpu), ring);
    }
  }

  #slot(cpu: number): number {
    return this.#memory.u32(this.#map.address + MAP_VALUES) + cpu * PERF_STRIDE;
  }

  /** Takes all records out that are there, CPU by CPU, each CPU's in their order. */
  *read(): Generator<PerfRecord> {
    for (const [cpu, ring] of this.#rings.entries()) {
      for (let data = this.#take(ring); data !== undefined; data = this.#take(ring)) yield { cpu, data };
    }
  }

  #take(ring: number): Uint8Array | undefined {
    if (this.#closed) return undefined;
    const words = new Uint32Array(this.#memory.memory.buffer);
    const tail = Atomics.load(words, (ring + RING_TAIL) / 4);
    if (tail === Atomics.load(words, (ring + RING_HEAD) / 4)) return undefined;
    const view = this.#memory.view;
    const capacity = view.getUint32(ring + RING_CAPACITY, true);
    const base = ring + RING_DATA;
    const length = view.getUint32(base + (tail & (capacity - 1)), true);
    const start = (tail + 8) & (capacity - 1);
    const first = Math.min(length, capacity - start);
    const data = new Uint8Array(length);
    data.set(this.#memory.bytes.subarray(base + start, base + start + first));
    data.set(this.#memory.bytes.subarray(base, base + length - first), first);
    Atomics.store(words, (ring + RING_TAIL) / 4, (tail + ((length + 15) & ~7)) | 0);
    return data;
  }

  /** Records that found no room so far, all CPUs together. */
  get lost(): bigint {
    return this.#sum(RING_LOST);
  }

  /** Records that programs have put in so far. */
  get written(): bigint {
    return this.#sum(RING_WRITTEN);
  }

  #sum(field: number): bigint {
    return this.#rings.reduce((sum, ring) => sum + this.#memory.view.getBigUint64(ring + field, true), 0n);
  }

  /** Gives the rings back. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#free();
    this.#onClose();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #free(): void {
    this.#rings.forEach((ring, cpu) => {
      if (!this.#map.destroyed) this.#memory.setU32(this.#slot(cpu), 0);
      this.#memory.free(ring);
    });
    this.#rings.length = 0;
  }
}
