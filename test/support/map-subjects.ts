import { EngineMap } from '../../src/engine/maps.js';
import type { EngineMemory } from '../../src/engine/memory.js';
import { type ERRNO, KernelError } from '../../src/errors/errno.js';
import * as linux from '../../src/linux/bpf.js';
import type { MapShape } from '../../src/maps/map-type.js';
import { mapType } from '../../src/maps/registry.js';

/** A map under test: the engine's, Linux's, or a model of it. Failures are thrown as `KernelError`. */
export interface MapSubject {
  lookup(key: Uint8Array): Uint8Array | undefined;
  update(key: Uint8Array, value: Uint8Array, flags: number): void;
  delete(key: Uint8Array): void;
  nextKey(key?: Uint8Array): Uint8Array | undefined;
  close(): void;
}

export function engineSubject(memory: EngineMemory, type: string, shape: MapShape): MapSubject & EngineMap {
  const map = EngineMap.create(memory, { name: 'm', type, pinning: 'none', ...shape }, { id: 1 });
  return Object.assign(map, { close: () => map.destroy() });
}

export function linuxSubject(type: string, shape: MapShape, valueBytes: number): MapSubject {
  const map = linux.mapCreate({ type: mapType(type).id, ...shape });
  return {
    lookup: (key) => linux.mapLookup(map, key, valueBytes)?.slice(),
    update: (key, value, flags) => linux.mapUpdate(map, key, value, flags),
    delete: (key) => linux.mapDelete(map, key),
    nextKey: (key) => linux.mapNextKey(map, key, shape.keySize)?.slice(),
    close: () => map.close(),
  };
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const unhex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (b) => Number(`0x${b}`));

/** What Linux documents of a hash or an array, over a JavaScript Map. The order of keys is not modelled. */
export function modelSubject(indexed: boolean, shape: MapShape, valueBytes: number): MapSubject {
  const entries = new Map<string, Uint8Array>();
  const index = (key: Uint8Array): number => new DataView(key.buffer, key.byteOffset).getUint32(0, true);
  if (indexed) {
    for (let i = 0; i < shape.maxEntries; i++) {
      entries.set(hex(new Uint8Array(new Uint32Array([i]).buffer)), new Uint8Array(valueBytes));
    }
  }
  const refuse = (errno: keyof typeof ERRNO): never => {
    throw new KernelError(errno, errno);
  };
  return {
    lookup: (key) => entries.get(hex(key)),
    update(key, value, flags) {
      if (flags > 2) refuse('EINVAL');
      const there = entries.has(hex(key));
      if (indexed && index(key) >= shape.maxEntries) refuse('E2BIG');
      if (there && flags === 1) refuse('EEXIST');
      if (!there && flags === 2) refuse('ENOENT');
      if (!there && entries.size >= shape.maxEntries) refuse('E2BIG');
      entries.set(hex(key), value);
    },
    delete(key) {
      if (indexed) refuse('EINVAL');
      if (!entries.delete(hex(key))) refuse('ENOENT');
    },
    nextKey(key) {
      const keys = [...entries.keys()];
      const at = key === undefined ? -1 : keys.indexOf(hex(key));
      const next = keys[at + 1];
      return next === undefined ? undefined : unhex(next);
    },
    close: () => undefined,
  };
}

/** All keys and values by walking `nextKey`, as text, sorted. */
export function contents(map: MapSubject): string[] {
  const lines: string[] = [];
  for (let key = map.nextKey(); key !== undefined; key = map.nextKey(key)) {
    lines.push(`${hex(key)} ${hex(map.lookup(key) ?? new Uint8Array())}`);
  }
  return lines.sort();
}

/** The result as text, or the errno. */
export function outcome(action: () => unknown): string {
  try {
    const result = action();
    return result instanceof Uint8Array ? hex(result) : 'none';
  } catch (error) {
    if (error instanceof KernelError) return error.errno;
    throw error;
  }
}
