import { readValue } from '../btf/read-value.js';
import type { BtfValue, Given } from '../btf/value.js';
import { writeValue } from '../btf/write-value.js';
import type { BpfMap, MapInfo, MapWalk } from './kernel.js';

/**
 * A map whose keys and values are JavaScript values, by the BTF types that the object gives them: numbers up to 32
 * bits, `bigint` for 64, objects for structs, arrays for arrays. Bytes where BTF says nothing. The value of a per-CPU
 * map is an array, one for each possible CPU.
 */
export class TypedMap<K = unknown, V = unknown> {
  readonly raw: BpfMap;
  readonly info: MapInfo;
  readonly #perCpu: boolean;

  private constructor(raw: BpfMap, info: MapInfo) {
    this.raw = raw;
    this.info = info;
    this.#perCpu = info.type.includes('percpu');
  }

  static async of<K = unknown, V = unknown>(raw: BpfMap): Promise<TypedMap<K, V>> {
    return new TypedMap<K, V>(raw, await raw.info());
  }

  /** The value of a key, or undefined. */
  async get(key: Given<K>): Promise<V | undefined> {
    const value = await this.raw.lookup(this.#encodeKey(key));
    return value === undefined ? undefined : this.#decodeValue(value);
  }

  /** @param flags BPF_ANY 0, BPF_NOEXIST 1, BPF_EXIST 2. @throws {KernelError} EEXIST, ENOENT, E2BIG */
  async set(key: Given<K>, value: Given<V>, flags = 0): Promise<void> {
    await this.raw.update(this.#encodeKey(key), this.#encodeValue(value), flags);
  }

  /** @throws {KernelError} ENOENT */
  async delete(key: Given<K>): Promise<void> {
    await this.raw.delete(this.#encodeKey(key));
  }

  /** All entries; see `BpfMap.entries`. */
  async *entries(): AsyncGenerator<[key: K, value: V], MapWalk, undefined> {
    const walk = this.raw.entries();
    for (let step = await walk.next(); ; step = await walk.next()) {
      if (step.done) return step.value;
      const [key, value] = step.value;
      yield [this.decodeKey(key), this.#decodeValue(value)];
    }
  }

  /** All entries at once, and whether deletions meanwhile may have hidden some. */
  async all(): Promise<{ readonly entries: [key: K, value: V][] } & MapWalk> {
    const entries: [K, V][] = [];
    const walk = this.entries();
    for (let step = await walk.next(); ; step = await walk.next()) {
      if (step.done) return { entries, complete: step.value.complete };
      entries.push(step.value);
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<[key: K, value: V], MapWalk, undefined> {
    return this.entries();
  }

  /** A key or value of `raw`, as `entries` gives it. */
  decodeKey(bytes: Uint8Array): K {
    return this.#decode(this.info.keyType, bytes) as K;
  }
  decodeValue(bytes: Uint8Array): V {
    return this.#decodeValue(bytes);
  }

  /** A value's bytes for `raw`. */
  encodeValue(value: Given<V>): Uint8Array {
    return this.#encodeValue(value);
  }

  #decode(type: number | undefined, bytes: Uint8Array): unknown {
    const { btf } = this.info;
    return btf === undefined || !type ? bytes : readValue(btf, type, bytes, true);
  }

  #encode(type: number | undefined, value: unknown): Uint8Array {
    const { btf } = this.info;
    return btf === undefined || !type
      ? (value as Uint8Array)
      : writeValue(btf, type, value as BtfValue, true);
  }

  #encodeKey(key: Given<K>): Uint8Array {
    return this.#encode(this.info.keyType, key);
  }

  #stride(): number {
    return (this.info.valueSize + 7) & ~7;
  }

  #decodeValue(bytes: Uint8Array): V {
    if (!this.#perCpu) return this.#decode(this.info.valueType, bytes) as V;
    const values: unknown[] = [];
    for (let at = 0; at < bytes.length; at += this.#stride()) {
      values.push(this.#decode(this.info.valueType, bytes.subarray(at, at + this.info.valueSize)));
    }
    return values as V;
  }

  #encodeValue(value: Given<V>): Uint8Array {
    if (!this.#perCpu) return this.#encode(this.info.valueType, value);
    const values = value as readonly unknown[];
    const bytes = new Uint8Array(values.length * this.#stride());
    values.forEach((one, cpu) => {
      bytes.set(this.#encode(this.info.valueType, one), cpu * this.#stride());
    });
    return bytes;
  }
}
