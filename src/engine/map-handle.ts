import type { BpfMap, MapInfo, MapWalk } from '../kernel/kernel.js';
import { patched } from '../kernel/map-shape.js';
import type { MapSpec } from '../object/spec.js';
import type { EngineMap } from './maps.js';
import type { Counted, ObjectTable } from './objects.js';
import type { ProgramObject } from './program-object.js';

/** A map of the engine with its id and blueprint. */
export class MapObject implements Counted {
  readonly id: number;
  readonly spec: MapSpec;
  readonly map: EngineMap;
  /** Of `spec.btf`. */
  readonly btfId: number | undefined;
  readonly #table: ObjectTable<ProgramObject>;
  #programs = new Set<ProgramObject>();

  constructor(
    id: number,
    spec: MapSpec,
    map: EngineMap,
    programs: ObjectTable<ProgramObject>,
    btfId?: number,
  ) {
    this.id = id;
    this.spec = spec;
    this.map = map;
    this.#table = programs;
    this.btfId = btfId;
  }

  /** The programs that a program array holds. */
  get programs(): ReadonlySet<ProgramObject> {
    return this.#programs;
  }

  /** To be called after user space wrote: a program array uses the programs in it. */
  changed(): void {
    if (!this.map.type.helpers.includes('bpf_tail_call')) return;
    const before = this.#programs;
    const ids = [...this.map.entries()].map(([, value]) =>
      new DataView(value.buffer, value.byteOffset).getUint32(0, true),
    );
    this.#programs = new Set(ids.flatMap((id) => this.#table.find(id) ?? []));
    for (const program of this.#programs) if (!before.has(program)) this.#table.use(program);
    for (const program of before) if (!this.#programs.has(program)) this.#table.release(program);
  }

  destroy(): void {
    this.map.destroy();
    for (const program of this.#programs) this.#table.release(program);
  }

  info(): MapInfo {
    const { name, type, keySize, valueSize, maxEntries, flags, btf, keyType, valueType, inner } = this.spec;
    return {
      id: this.id,
      name,
      type,
      keySize,
      valueSize,
      maxEntries,
      flags,
      frozen: this.map.frozen,
      memlock: this.map.memlock,
      ...(btf === undefined ? {} : { btf }),
      ...(this.btfId === undefined ? {} : { btfId: this.btfId }),
      ...(keyType === undefined ? {} : { keyType }),
      ...(valueType === undefined ? {} : { valueType }),
      ...(inner === undefined ? {} : { inner }),
    };
  }
}

/** One user's hold on a map. */
export class MapHandle implements BpfMap {
  readonly kind = 'map';
  readonly object: MapObject;
  readonly #table: ObjectTable<MapObject>;
  #open = true;

  constructor(object: MapObject, table: ObjectTable<MapObject>) {
    this.object = object;
    this.#table = table;
    table.use(object);
  }

  get id(): number {
    return this.object.id;
  }

  async info(): Promise<MapInfo> {
    return this.object.info();
  }

  async lookup(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.object.map.lookup(key);
  }

  async update(key: Uint8Array, value: Uint8Array, flags = 0): Promise<void> {
    this.object.map.update(key, value, flags);
    this.object.changed();
  }

  /** In one go: no program runs in between. */
  async patch(key: Uint8Array, offset: number, bytes: Uint8Array): Promise<void> {
    const { map } = this.object;
    map.update(key, patched(map.lookup(key), offset, bytes, this.id));
  }

  async lookupAndDelete(key: Uint8Array): Promise<Uint8Array | undefined> {
    const value = this.object.map.lookupAndDelete(key);
    this.object.changed();
    return value;
  }

  async delete(key: Uint8Array): Promise<void> {
    this.object.map.delete(key);
    this.object.changed();
  }

  async nextKey(key?: Uint8Array): Promise<Uint8Array | undefined> {
    return this.object.map.nextKey(key);
  }

  async *entries(): AsyncGenerator<readonly [Uint8Array, Uint8Array], MapWalk, undefined> {
    yield* this.object.map.entries();
    return { complete: true };
  }

  async freeze(): Promise<void> {
    this.object.map.freeze();
  }

  async close(): Promise<void> {
    if (this.#open) this.#table.release(this.object);
    this.#open = false;
  }
}
