import type { Btf } from '../btf/index.js';
import { KernelError } from '../errors/errno.js';
import type { BpfMap, MapInfo, MapWalk } from '../kernel/kernel.js';
import { patched } from '../kernel/map-shape.js';
import { kernelStructOps } from '../kernel/struct-ops.js';
import { findMapType, LINUX_MAP_TYPES, mapTypeName } from '../maps/registry.js';
import { MAP_FLAGS } from '../object/map-flags.js';
import type { MapSpec } from '../object/spec.js';
import {
  mapAsk,
  mapCreate,
  mapDelete,
  mapFreeze,
  mapLookup,
  mapLookupAndDelete,
  mapNextKey,
  mapUpdate,
} from './bpf/map.js';
import { infoOf } from './bpf/object.js';
import type { BtfStore } from './btf-store.js';
import { loadMapTypes } from './load/types.js';
import { mapEntries } from './map-entries.js';
import { type ObjectValues, objectValues } from './map-objects.js';
import { possibleCpus } from './probe/environment.js';
import type { Fd } from './sys/fd.js';
import { fdFacts } from './sys/fdinfo.js';
import { Mapping, PAGE } from './sys/mapping.js';

/** The kernel's number of a map type. @throws {KernelError} EINVAL */
export function mapTypeId(name: string): number {
  const id = LINUX_MAP_TYPES.find((type) => type.name === name)?.id;
  if (id !== undefined) return id;
  throw new KernelError('EINVAL', `There is no map type ${JSON.stringify(name)}.`, {
    facts: { type: name },
    hint: `Linux has ${LINUX_MAP_TYPES.map((row) => row.name).join(', ')}.`,
  });
}

/**
 * Makes a map as its blueprint says: types, inner map, contents, frozen when it is constant.
 *
 * @param kernelBtf the kernel's types, which say how large a struct of functions is.
 * @throws {KernelError}
 */
export function createMap(spec: MapSpec, kernelBtf: () => Btf | undefined = () => undefined): Fd {
  if (spec.structOps !== undefined) return createStructOps(spec, spec.structOps.struct, kernelBtf);
  const type = mapTypeId(spec.type);
  using inner = spec.inner === undefined ? undefined : createMap(spec.inner, kernelBtf);
  using btf = spec.btf === undefined || spec.valueType === undefined ? undefined : loadMapTypes(spec.btf);
  const bare = {
    type,
    name: spec.name,
    keySize: spec.keySize,
    valueSize: spec.valueSize,
    maxEntries: spec.maxEntries,
    flags: spec.flags,
    ...(spec.numaNode === undefined ? {} : { numaNode: spec.numaNode }),
    ...(spec.mapExtra === undefined ? {} : { mapExtra: spec.mapExtra }),
    ...(inner === undefined ? {} : { inner }),
  };
  const types = btf === undefined ? undefined : { btf, key: spec.keyType ?? 0, value: spec.valueType ?? 0 };
  const map = create(bare, types);
  try {
    if (type === ARENA) placeArena(map, spec);
    if (spec.contents !== undefined) mapUpdate(map, new Uint8Array(4), padded(spec.contents, spec.valueSize));
    if (spec.frozen) mapFreeze(map);
  } catch (error) {
    map.close();
    throw error;
  }
  return map;
}

/** Linux takes programs with an arena only when it knows where user space has it; variables lie at its start. */
function placeArena(map: Fd, { maxEntries, mapExtra, variables }: MapSpec): void {
  const at = mapExtra === undefined || mapExtra === 0n ? undefined : mapExtra;
  if (at !== undefined && variables === undefined) return;
  using memory = new Mapping(map, maxEntries * PAGE, {
    writable: true,
    seen: Math.max(variables?.length ?? 0, 1),
    ...(at === undefined ? {} : { at }),
  });
  if (variables !== undefined) new Uint8Array(memory.buffer).set(variables);
}

/** The kernel knows the type of its value itself, and wants some types of the object all the same. */
function createStructOps(spec: MapSpec, struct: string, kernelBtf: () => Btf | undefined): Fd {
  const { valueType, valueSize } = kernelStructOps(kernelBtf(), struct);
  using btf = spec.btf === undefined ? undefined : loadMapTypes(spec.btf);
  return mapCreate({
    type: mapTypeId(spec.type),
    name: spec.name,
    keySize: spec.keySize,
    valueSize,
    maxEntries: spec.maxEntries,
    flags: spec.flags,
    kernelValueType: valueType,
    ...(btf === undefined ? {} : { types: { btf, key: 0, value: 0 } }),
  });
}

const ARENA = mapTypeId('arena');

type Bare = Parameters<typeof mapCreate>[0];

/** Some map types refuse to have types, and older kernels refuse some types: then without, as libbpf does. */
function create(bare: Bare, types: Bare['types']): Fd {
  if (types === undefined) return mapCreate(bare);
  try {
    return mapCreate({ ...bare, types });
  } catch {
    return mapCreate(bare);
  }
}

function padded(bytes: Uint8Array, size: number): Uint8Array {
  const value = new Uint8Array(new ArrayBuffer(size));
  value.set(bytes.subarray(0, size));
  return value;
}

/** More than any kernel has yet. */
const MAP_INFO_BYTES = 256;

/** A map of the running kernel: one descriptor. */
export class LinuxMap implements BpfMap {
  readonly kind = 'map';
  readonly id: number;
  readonly fd: Fd;
  readonly typeName: string;
  readonly keySize: number;
  /** Bytes that bpf(2) reads and writes: of a per-CPU map those of all CPUs. */
  readonly valueBytes: number;
  readonly maxEntries: number;
  readonly #asked: boolean;
  /** Its memory can be mapped. */
  readonly #mapped: boolean;
  readonly #objects: ObjectValues | undefined;
  readonly #types: BtfStore;
  /** Of a struct of functions, in the kernel's own types. */
  readonly #kernelValueType: number;

  constructor(fd: Fd, types: BtfStore) {
    this.fd = fd;
    this.#types = types;
    const info = infoOf('map', fd);
    const type = info.u32('type');
    this.id = info.u32('id');
    this.typeName = mapTypeName(type) ?? String(type);
    this.keySize = info.u32('key_size');
    this.maxEntries = info.u32('max_entries');
    const perCpu = /percpu/.test(this.typeName);
    const size = info.u32('value_size');
    this.valueBytes = perCpu ? ((size + 7) & ~7) * possibleCpus() : size;
    this.#mapped = (info.u32('map_flags') & MAP_FLAGS.mmapable) !== 0;
    this.#asked = findMapType(type)?.asked === true;
    this.#kernelValueType = info.u32('btf_vmlinux_value_type_id');
    this.#objects = objectValues(this.typeName, () => {
      const btf = types.kernel;
      return btf === undefined ? undefined : { btf, valueType: this.#kernelValueType };
    });
  }

  /** `struct bpf_map_info` as the kernel fills it in. */
  infoBytes(): Uint8Array {
    return infoOf('map', this.fd, new Uint8Array(new ArrayBuffer(MAP_INFO_BYTES))).bytes;
  }

  async info(): Promise<MapInfo> {
    const info = infoOf('map', this.fd);
    const { memlock, frozen } = fdFacts(this.fd);
    const btfId = info.u32('btf_id');
    return {
      id: this.id,
      name: info.name('name'),
      type: this.typeName,
      keySize: this.keySize,
      valueSize: info.u32('value_size'),
      maxEntries: this.maxEntries,
      flags: info.u32('map_flags'),
      frozen: frozen === 1,
      memlock: memlock ?? 0,
      ...(btfId === 0 ? {} : { btfId }),
      ...this.#typeFacts(info.u32('btf_key_type_id'), info.u32('btf_value_type_id'), btfId),
    };
  }

  /** The types of keys and values, and where they are described: of structs of functions by the kernel itself. */
  #typeFacts(key: number, value: number, btfId: number): Pick<MapInfo, 'keyType' | 'valueType' | 'btf'> {
    const types = this.#types;
    if (this.#kernelValueType !== 0)
      return { ...typed(0, this.#kernelValueType), ...lazyBtf(() => types.kernel) };
    return { ...typed(key, value), ...(btfId === 0 ? {} : lazyBtf(() => types.byId(btfId)?.btf)) };
  }

  async lookup(key: Uint8Array): Promise<Uint8Array | undefined> {
    if (this.#asked) return mapAsk(this.fd, key) ? key.slice() : undefined;
    this.#expectKey(key);
    const value = mapLookup(this.fd, key, this.valueBytes);
    return value;
  }

  async update(key: Uint8Array, value: Uint8Array, flags = 0): Promise<void> {
    this.#expectKey(key);
    if (value.length !== this.valueBytes) throw wrongSize(this.id, 'value', this.valueBytes, value.length);
    if (this.#objects === undefined) mapUpdate(this.fd, key, value, flags);
    else this.#objects.put(value, (given) => mapUpdate(this.fd, key, given, flags));
  }

  async patch(key: Uint8Array, offset: number, bytes: Uint8Array): Promise<void> {
    const next = patched(await this.lookup(key), offset, bytes, this.id);
    const index =
      this.typeName === 'array' && this.#mapped ? new DataView(key.buffer, key.byteOffset) : undefined;
    if (index === undefined) return this.update(key, next);
    const at = index.getUint32(0, true) * ((this.valueBytes + 7) & ~7) + offset;
    if (fdFacts(this.fd).frozen === 1)
      throw new KernelError('EPERM', `map ${this.id} is frozen: its values stay`, { facts: { id: this.id } });
    using memory = new Mapping(this.fd, at + bytes.length, { writable: true });
    new Uint8Array(memory.buffer).set(bytes, at);
  }

  async lookupAndDelete(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.#expectKey(key);
    return mapLookupAndDelete(this.fd, key, this.valueBytes);
  }

  async delete(key: Uint8Array): Promise<void> {
    this.#expectKey(key);
    mapDelete(this.fd, key);
  }

  async nextKey(key?: Uint8Array): Promise<Uint8Array | undefined> {
    if (key !== undefined) this.#expectKey(key);
    return mapNextKey(this.fd, key, this.keySize);
  }

  /**
   * In batches where the map has them (hashes, arrays and tries; Linux 5.6), each of which is one look at a part of the
   * map: an entry that is neither added nor deleted meanwhile is seen exactly once. Elsewhere key by key: when the key
   * that was last seen is deleted, the kernel starts over; what was seen is not given again, and the walk is not complete.
   */
  async *entries(): AsyncGenerator<readonly [key: Uint8Array, value: Uint8Array], MapWalk, undefined> {
    return yield* mapEntries(this);
  }

  async freeze(): Promise<void> {
    mapFreeze(this.fd);
  }

  async close(): Promise<void> {
    this.fd.close();
  }

  /** A key of another size would have the kernel read beyond it. */
  #expectKey(key: Uint8Array): void {
    const size = this.#asked ? this.valueBytes : this.keySize;
    if (key.length !== this.keySize && key.length !== size)
      throw wrongSize(this.id, 'key', this.keySize, key.length);
  }
}

function wrongSize(id: number, what: string, wanted: number, found: number): KernelError {
  return new KernelError('EINVAL', `a ${what} of map ${id} has ${wanted} bytes, not ${found}`, {
    facts: { id, wanted, found },
  });
}

function typed(key: number, value: number): { keyType?: number; valueType?: number } {
  return { ...(key === 0 ? {} : { keyType: key }), ...(value === 0 ? {} : { valueType: value }) };
}

/** Types are read when somebody looks at them: listings do not. */
function lazyBtf(read: () => Btf | undefined): { readonly btf?: Btf } {
  return Object.defineProperty({}, 'btf', { get: read, enumerable: true }) as { readonly btf?: Btf };
}
