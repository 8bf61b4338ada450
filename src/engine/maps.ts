import { type ErrnoName, KernelError } from '../errors/errno.js';
import { MAP_FLAG } from '../maps/flags.js';
import type { MapFacts, MapType } from '../maps/map-type.js';
import { mapType } from '../maps/registry.js';
import type { MapSpec } from '../object/spec.js';
import type { MapBinding } from './abi.js';
import { accessFor, type InnerMaps, type MapAccess } from './map-access/index.js';
import { factsOf, NO_INNER_MAPS, requirePossible, typesOf } from './map-blueprint.js';
import { deleteReason, updateReason } from './map-reasons.js';
import { type EngineMemory, errnoName } from './memory.js';
import {
  MAP_BUCKET_MASK,
  MAP_BYTES,
  MAP_COUNT,
  MAP_EVICTIONS,
  MAP_ID,
  MAP_REFUSALS,
  MAP_VALUES,
} from './runtime/layout.js';
import { Cgroups } from './world/cgroups.js';
import { Macs } from './world/devices.js';
import { NetNamespace } from './world/net/namespace.js';
import type { World } from './world/world.js';

/** What of the simulated host maps hold. */
type MapWorld = Pick<World, 'devices' | 'cgroups'>;
/** For maps that belong to no engine. */
const LONE_WORLD: MapWorld = { cgroups: new Cgroups(), devices: new NetNamespace('', 1, new Macs()).devices };
LONE_WORLD.devices.add('eth0');

export interface EngineMapOptions {
  readonly id: number;
  /** For program arrays: a program's slot in the function table, by the program's id. */
  readonly programSlot?: (programId: number) => number | undefined;
  /** For maps that hold programs by their ids: a program's type. */
  readonly programType?: (programId: number) => string | undefined;
  /** For maps of devices and cgroups; default: a host of its own. */
  readonly world?: MapWorld;
  /** For maps of maps: the maps that there are. */
  readonly inner?: InnerMaps;
}

export type MapEntry = readonly [key: Uint8Array, value: Uint8Array];

/**
 * A map in the engine's memory, as user space sees it. Everything is synchronous.
 *
 * Keys have `keySize` bytes. Values have `valueBytes`: `valueSize`, or for a per-CPU map one value for each CPU, each
 * rounded up to 8 bytes. Values of a program array are program ids as u32.
 */
export class EngineMap {
  readonly id: number;
  readonly spec: MapSpec;
  readonly type: MapType;
  /** Bytes of a value in user space. */
  readonly valueBytes: number;
  /** Of the map's header in the memory. */
  readonly address: number;
  readonly #memory: EngineMemory;
  readonly #access: MapAccess;
  readonly #inner: InnerMaps;
  /** Holds two keys and a value. */
  readonly #buffer: number;
  readonly #bufferBytes: number;
  #frozen = false;
  #limited = true;
  #destroyed = false;

  private constructor(memory: EngineMemory, spec: MapSpec, options: EngineMapOptions) {
    this.#memory = memory;
    this.id = options.id;
    this.#inner = options.inner ?? NO_INNER_MAPS;
    this.spec = spec;
    this.type = mapType(spec.type);
    this.valueBytes = this.type.perCpu ? roundUp8(spec.valueSize) * memory.cpus : spec.valueSize;
    const { keySize, valueSize, maxEntries, flags } = spec;
    const extra = Number(spec.mapExtra ?? 0n);
    this.address =
      memory.runtime.map_create(this.type.id, keySize, valueSize, maxEntries, flags, extra) >>> 0;
    if (this.address === 0) {
      throw new KernelError('ENOMEM', `The engine's memory has no room for map ${spec.name || spec.type}.`, {
        facts: { type: spec.type, keySize, valueSize, maxEntries, used: memory.used },
        hint: 'Use fewer entries, or BPF_F_NO_PREALLOC, or an engine with a larger maximumPages.',
      });
    }
    memory.setU32(this.address + MAP_ID, this.id);
    this.#bufferBytes = 2 * roundUp8(keySize) + this.valueBytes;
    this.#buffer = memory.alloc(this.#bufferBytes);
    const world = options.world ?? LONE_WORLD;
    this.#access = accessFor({
      type: this.type,
      memory,
      programSlot: options.programSlot ?? (() => undefined),
      programType: options.programType ?? (() => undefined),
      valueSize,
      devices: world.devices,
      cgroups: world.cgroups,
      inner: this.#inner,
      model: spec.inner === undefined ? undefined : { ...spec.inner, type: mapType(spec.inner.type) },
    });
  }

  /**
   * Makes a map, with the spec's `contents` as its first value, frozen when the spec says so.
   *
   * @throws {KernelError} Linux's errno and reason when such a map cannot be made; ENOMEM when memory is short;
   * EOPNOTSUPP for a type that the engine does not run yet.
   */
  static create(memory: EngineMemory, spec: MapSpec, options: EngineMapOptions): EngineMap {
    requirePossible(spec);
    const map = new EngineMap(memory, spec, options);
    if (spec.contents !== undefined) {
      const first = new Uint8Array(spec.valueSize);
      first.set(spec.contents.subarray(0, spec.valueSize));
      memory.write(map.#valuesAddress(), first);
    }
    if (spec.frozen) map.#frozen = true;
    return map;
  }

  get destroyed(): boolean {
    return this.#destroyed;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** Bytes of the engine's memory that the map takes, what user space needs to reach it included. */
  get memlock(): number {
    return this.#memory.u32(this.address + MAP_BYTES) + this.#bufferBytes;
  }

  /** Entries now. Arrays always have all. */
  get count(): number {
    return this.type.indexed ? this.spec.maxEntries : this.#memory.u32(this.address + MAP_COUNT);
  }

  /** Entries that an LRU map has thrown out to make room. */
  get evictions(): bigint {
    return this.#memory.view.getBigUint64(this.address + MAP_EVICTIONS, true);
  }

  /** New entries that were refused because the map was full (E2BIG). */
  get refusals(): bigint {
    return this.#memory.view.getBigUint64(this.address + MAP_REFUSALS, true);
  }

  /** What compiled programs are given. */
  get binding(): MapBinding {
    return {
      address: this.address,
      valueAddress: this.type.directValue ? this.#valuesAddress() : 0,
      facts: this.facts,
    };
  }

  get facts(): MapFacts {
    const { name, keySize, valueSize, maxEntries, flags } = this.spec;
    const constant = this.#frozen && this.type.directValue && (flags & MAP_FLAG.readOnlyProg) !== 0;
    return {
      name,
      type: this.type,
      keySize,
      valueSize,
      maxEntries,
      flags,
      frozen: this.#frozen,
      ...(this.spec.inner === undefined ? {} : { inner: factsOf(this.spec.inner) }),
      ...typesOf(this.spec),
      ...(constant ? { contents: this.#memory.read(this.#valuesAddress(), valueSize) } : {}),
    };
  }

  #valuesAddress(): number {
    return this.#memory.u32(this.address + MAP_VALUES);
  }

  /**
   * A copy of the value; undefined when the key is absent. A queue or stack gives its next value for the empty key; a
   * bloom filter is asked for a value and gives it back when it may be in it.
   * @throws {KernelError} EPERM, ENOTSUPP
   */
  lookup(key: Uint8Array): Uint8Array | undefined {
    this.#checkReadable();
    this.#putKey(key, this.type.asked === true ? this.valueBytes : this.spec.keySize);
    return this.#access.lookup(this.address, this.#buffer, this.valueBytes, this.#fail);
  }

  /** Looks up and deletes at once: from a queue or stack it takes the next value. @throws {KernelError} EPERM, ENOTSUPP */
  lookupAndDelete(key: Uint8Array): Uint8Array | undefined {
    this.#checkReadable();
    this.#checkWritable();
    const { take, walk } = this.#access;
    if (take !== undefined) {
      this.#putKey(key);
      return take(this.address, this.#buffer, this.valueBytes, this.#fail);
    }
    if (walk !== 'copy' || this.type.indexed)
      this.#fail('ENOTSUPP', 'its type cannot look up and delete at once');
    const value = this.lookup(key);
    if (value !== undefined) this.delete(key);
    return value;
  }

  /** @throws {KernelError} E2BIG when full or beyond the end, EEXIST, ENOENT, EINVAL, EPERM */
  update(key: Uint8Array, value: Uint8Array, flags = 0): void {
    this.#checkWritable();
    if (value.length !== this.valueBytes) {
      this.#fail('EINVAL', `its values have ${this.valueBytes} bytes, not ${value.length}`);
    }
    this.#putKey(key);
    const valueAt = this.#buffer + 2 * roundUp8(this.spec.keySize);
    this.#memory.write(valueAt, value);
    const result = this.#access.update(this.address, this.#buffer, valueAt, BigInt(flags));
    if (result < 0) this.#fail(errnoName(result), updateReason(errnoName(result), this.spec));
  }

  /** @throws {KernelError} ENOENT, EINVAL for arrays, EPERM */
  delete(key: Uint8Array): void {
    this.#checkWritable();
    this.#putKey(key);
    const result = this.#access.delete(this.address, this.#buffer);
    if (result < 0) this.#fail(errnoName(result), deleteReason(errnoName(result)));
  }

  /**
   * The key after `key` in the map's own order; the first one without a key, and, as in Linux, after a key that is
   * not there (any more); undefined after the last.
   * @throws {KernelError} ENOTSUPP, EINVAL or EOPNOTSUPP, as Linux, for maps whose entries have no keys; EPERM
   */
  nextKey(key?: Uint8Array): Uint8Array | undefined {
    this.#checkReadable();
    if (key !== undefined) this.#putKey(key);
    const next = this.#buffer + roundUp8(this.spec.keySize);
    const result = this.#memory.runtime.map_next_key(
      this.address,
      key === undefined ? 0 : this.#buffer,
      next,
    );
    if (result >= 0) return this.#memory.read(next, this.spec.keySize);
    const errno = errnoName(result);
    return errno === 'ENOENT' ? undefined : this.#fail(errno, 'its entries have no keys to go through');
  }

  /** All entries; none of a type that cannot list them; the oldest value first of queues and stacks. The map may change meanwhile: what is not touched is seen exactly once. */
  *entries(): Generator<MapEntry> {
    if (this.#access.walk === 'none') return;
    if (this.#access.walk === 'keys') {
      yield* this.#entriesByKey();
      return;
    }
    if (this.#access.walk === 'values') {
      yield* this.#values();
      return;
    }
    const { keySize } = this.spec;
    const size = keySize + this.valueBytes;
    for (const block of this.#blocks(size)) {
      for (let at = 0; at < block.length; at += size) {
        yield [block.slice(at, at + keySize), block.slice(at + keySize, at + size)];
      }
    }
  }

  *#entriesByKey(): Generator<MapEntry> {
    for (let key = this.nextKey(); key !== undefined; key = this.nextKey(key)) {
      const value = this.lookup(key);
      if (value !== undefined) yield [key, value];
    }
  }

  *#values(): Generator<MapEntry> {
    const { runtime } = this.#memory;
    for (let i = 0; runtime.queue_at(this.address, i, this.#buffer) !== 0; i++) {
      yield [new Uint8Array(0), this.#memory.read(this.#buffer, this.valueBytes)];
    }
  }

  /** Copies of runs of entries, key then value. */
  *#blocks(size: number): Generator<Uint8Array> {
    const room = Math.max(65536, 64 * size);
    const out = this.#memory.alloc(room);
    try {
      for (let from = 0; from >= 0; ) {
        const { count, next } = this.type.indexed
          ? this.#access.copyIndexed(this.address, this.spec, from, out, Math.floor(room / size))
          : this.#copyBuckets(from, out, room);
        from = next;
        if (count > 0) yield this.#memory.read(out, count * size);
      }
    } finally {
      this.#memory.free(out);
    }
  }

  #copyBuckets(from: number, out: number, room: number): { count: number; next: number } {
    const result = BigInt.asUintN(64, this.#memory.runtime.hash_dump(this.address, from, out, room));
    const next = Number(result & 0xffffffffn);
    const last = this.#memory.u32(this.address + MAP_BUCKET_MASK);
    if (next === from) throw new RangeError(`a bucket of map ${this.id} holds more than ${room} bytes`);
    return { count: Number(result >> 32n), next: next > last ? -1 : next };
  }

  /** User space may write no more. @throws {KernelError} EBUSY when it is frozen already */
  freeze(): void {
    if (this.#frozen) this.#fail('EBUSY', 'it is frozen already');
    this.#frozen = true;
  }

  /** All entries one after the other, key then value: what a root stores. */
  snapshot(): Uint8Array {
    return this.#withoutLimits(() => this.#access.save?.(this.address) ?? this.#allEntries());
  }

  #allEntries(): Uint8Array {
    const parts = [...this.entries()];
    const { keySize } = this.spec;
    const size = keySize + this.valueBytes;
    const bytes = new Uint8Array(parts.length * size);
    parts.forEach(([key, value], i) => {
      bytes.set(key, i * size);
      bytes.set(value, i * size + keySize);
    });
    return bytes;
  }

  /** Puts back what `snapshot` gave, also into a frozen map. Programs of a program array must be there already. */
  restore(bytes: Uint8Array): void {
    const { keySize } = this.spec;
    const size = keySize + this.valueBytes;
    this.#withoutLimits(() => {
      if (this.#access.load !== undefined) {
        this.#access.load(this.address, bytes);
        return;
      }
      for (let at = 0; at < bytes.length && at + size <= bytes.length; at += size) {
        this.update(bytes.subarray(at, at + keySize), bytes.subarray(at + keySize, at + size));
      }
    });
  }

  /** A root saves and restores also what user space may not read or write. */
  #withoutLimits<T>(action: () => T): T {
    this.#limited = false;
    try {
      return action();
    } finally {
      this.#limited = true;
    }
  }

  /** Ids of the maps in a map of maps. */
  get innerIds(): readonly number[] {
    if (this.type.lookup !== 'inner_map') return [];
    return this.#withoutLimits(() =>
      [...this.entries()].map(([, id]) => new DataView(id.buffer, id.byteOffset).getUint32(0, true)),
    );
  }

  /** Gives the memory back. No program that uses the map may run again. */
  destroy(): void {
    if (this.#destroyed) return;
    for (const id of this.innerIds) this.#inner.release(id);
    this.#destroyed = true;
    this.#memory.free(this.#buffer);
    this.#memory.runtime.map_destroy(this.address);
  }

  #checkReadable(): void {
    if (this.#limited && this.spec.flags & MAP_FLAG.writeOnly) this.#fail('EPERM', 'it may only be written');
  }

  #checkWritable(): void {
    if (!this.#limited) return;
    if (this.#frozen) this.#fail('EPERM', 'it is frozen');
    if (this.spec.flags & MAP_FLAG.readOnly) this.#fail('EPERM', 'it may only be read');
  }

  #putKey(key: Uint8Array, size = this.spec.keySize): void {
    if (this.#destroyed) this.#fail('EBADF', 'it was closed');
    if (key.length !== size) {
      this.#fail(
        'EINVAL',
        `its ${this.type.asked ? 'values' : 'keys'} have ${size} bytes, not ${key.length}`,
      );
    }
    this.#memory.write(this.#buffer, key);
  }

  #fail = (errno: ErrnoName, reason: string): never => {
    const { name, type, keySize, maxEntries } = this.spec;
    throw new KernelError(errno, `Map ${this.id}${name ? ` (${name})` : ''}: ${reason}.`, {
      facts: { id: this.id, name, type, keySize, valueBytes: this.valueBytes, maxEntries },
    });
  };
}

function roundUp8(size: number): number {
  return Math.ceil(size / 8) * 8;
}
