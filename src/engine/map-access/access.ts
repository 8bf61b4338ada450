import type { ErrnoName } from '../../errors/errno.js';
import type { InnerShape } from '../../maps/inner.js';
import type { MapShape, MapType } from '../../maps/map-type.js';
import type { EngineMemory } from '../memory.js';
import type { Cgroups } from '../world/cgroups.js';
import type { Devices } from '../world/devices.js';

/** How user space reaches the entries of one kind of map. Keys and values are addresses; results negated errno. */
export interface MapAccess {
  lookup(map: number, key: number, size: number, fail: Fail): Uint8Array | undefined;
  /** Looks up and deletes at once, where that differs from doing the one and then the other. */
  take?(map: number, key: number, size: number, fail: Fail): Uint8Array | undefined;
  update(map: number, key: number, value: number, flags: bigint): number;
  delete(map: number, key: number): number;
  /** Copies entries `from`… to `out`; `next` is -1 at the end. */
  copyIndexed(map: number, shape: MapShape, from: number, out: number, most: number): Copied;
  /**
   * What `entries()` does: copy runs of indexed or hashed values, ask for one key after the other, go through values
   * without keys, or nothing.
   */
  readonly walk: 'copy' | 'keys' | 'values' | 'none';
  /** The content of a map whose entries cannot be listed, and how to put it back. */
  save?(map: number): Uint8Array;
  load?(map: number, saved: Uint8Array): void;
}
export type Fail = (errno: ErrnoName, reason: string) => never;
export interface Copied {
  readonly count: number;
  readonly next: number;
}

/** What an access is made from. */
export interface AccessContext {
  readonly type: MapType;
  readonly memory: EngineMemory;
  /** A program's slot in the function table, by the program's id. */
  readonly programSlot: (programId: number) => number | undefined;
  /** A program's type, by its id. */
  readonly programType: (programId: number) => string | undefined;
  /** Bytes of a value. */
  readonly valueSize: number;
  /** What there is on the simulated host. */
  readonly devices: Devices;
  readonly cgroups: Cgroups;
  /** The maps that a map of maps may hold. */
  readonly inner: InnerMaps;
  /** What the maps inside a map of maps must be like. */
  readonly model: InnerShape | undefined;
}

/** Maps by their ids, and who uses them. */
export interface InnerMaps {
  find(id: number): InnerMap | undefined;
  use(id: number): void;
  release(id: number): void;
}

/** The part of a map that counts when it is inside another. */
export interface InnerMap {
  readonly type: MapType;
  readonly spec: MapShape;
  readonly address: number;
}

export const noCopy = (): Copied => ({ count: 0, next: -1 });
