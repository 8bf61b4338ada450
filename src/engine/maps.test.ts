import { expect, test } from 'vitest';
import { smallShape } from '../../test/support/map-shapes.js';
import type { MapShape } from '../maps/map-type.js';
import { MAP_TYPES, mapType } from '../maps/registry.js';
import type { MapSpec } from '../object/spec.js';
import { EngineMap } from './maps.js';
import { EngineMemory } from './memory.js';

const u32 = (n: number): Uint8Array => Uint8Array.of(n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24);

function spec(type: string, over: Partial<MapSpec> = {}): MapSpec {
  return { name: 'm', type, keySize: 4, valueSize: 4, maxEntries: 4, flags: 0, pinning: 'none', ...over };
}

/** Another size where the shape leaves it open. */
function grown(shape: MapShape, i: number): Partial<MapShape> {
  if (shape.valueSize !== 8) return {};
  return { valueSize: 1 + (i % 300), maxEntries: 1 + (i % 64) };
}

test.each([true, false])(
  'a hash takes, finds, replaces and deletes entries (shared memory: %s)',
  (shared) => {
    const memory = EngineMemory.create({ shared });
    const map = EngineMap.create(memory, spec('hash'), { id: 1 });
    expect(map.lookup(u32(7))).toBeUndefined();
    map.update(u32(7), u32(70));
    map.update(u32(8), u32(80));
    map.update(u32(7), u32(71));
    expect(map.lookup(u32(7))).toEqual(u32(71));
    expect(map.count).toBe(2);
    expect(new Map([...map.entries()].map(([k, v]) => [k[0], v[0]]))).toEqual(
      new Map([
        [7, 71],
        [8, 80],
      ]),
    );
    map.delete(u32(7));
    expect(() => map.delete(u32(7))).toThrow('Map 1 (m): the key is not there.');
    for (const n of [1, 2, 3]) map.update(u32(n), u32(n));
    expect(() => map.update(u32(4), u32(4))).toThrow('Map 1 (m): it has room for 4 entries and no more.');
  },
);

test('an array gives direct value addresses and starts as zeros', () => {
  const memory = EngineMemory.create();
  const map = EngineMap.create(memory, spec('array', { valueSize: 12 }), { id: 1 });
  expect([...map.entries()].length).toBe(4);
  memory.write(map.binding.valueAddress + 16, u32(9));
  expect(map.lookup(u32(1))?.[0]).toBe(9);
});

test.each(MAP_TYPES.map(({ name }) => name))(
  'making and destroying a %s 10,000 times leaves the memory as it was',
  (type) => {
    const memory = EngineMemory.create({ cpus: 2 });
    const used = memory.used;
    let pages = 0;
    for (let i = 0; i < 10_000; i++) {
      const shape = smallShape(mapType(type));
      const inner = mapType(type).lookup === 'inner_map' ? { inner: spec('hash') } : {};
      const map = EngineMap.create(memory, spec(type, { ...shape, ...grown(shape, i), ...inner }), { id: i });
      map.destroy();
      if (i === 1000) pages = memory.bytes.length;
    }
    expect(memory.used).toBe(used);
    expect(memory.bytes.length).toBe(pages);
  },
);

test('a hash that takes its elements as it needs them gives them all back', () => {
  const memory = EngineMemory.create();
  const used = memory.used;
  for (let round = 0; round < 20; round++) {
    const map = EngineMap.create(memory, spec('hash', { flags: 1, maxEntries: 5000 }), { id: round });
    for (let i = 0; i < 5000; i++) map.update(u32(i), u32(i));
    map.destroy();
  }
  expect(memory.used).toBe(used);
});

test('a map larger than the memory is refused with ENOMEM, and a smaller one then still fits', () => {
  const memory = EngineMemory.create({ maximumPages: 64 });
  const make = (maxEntries: number) => EngineMap.create(memory, spec('array', { maxEntries }), { id: 1 });
  expect(() => make(1_000_000)).toThrow("The engine's memory has no room for map m.");
  expect(make(100_000).count).toBe(100_000);
});

test('a map that grows the memory does not disturb what was there', () => {
  const memory = EngineMemory.create({ shared: false });
  const first = EngineMap.create(memory, spec('hash'), { id: 1 });
  first.update(u32(1), u32(11));
  const big = EngineMap.create(memory, spec('array', { maxEntries: 1_000_000 }), { id: 2 });
  big.update(u32(999_999), u32(5));
  expect(first.lookup(u32(1))).toEqual(u32(11));
  expect(big.lookup(u32(999_999))).toEqual(u32(5));
});

test('a snapshot put back into a new map gives the same entries, also when it is frozen', () => {
  const memory = EngineMemory.create({ cpus: 2 });
  for (const type of ['hash', 'percpu_hash', 'array', 'percpu_array', 'lru_hash']) {
    const map = EngineMap.create(memory, spec(type), { id: 1 });
    for (let i = 0; i < 3; i++) map.update(u32(i), new Uint8Array(map.valueBytes).fill(i + 1));
    const copy = EngineMap.create(memory, spec(type, { frozen: true }), { id: 2 });
    copy.restore(map.snapshot());
    const sorted = (m: EngineMap) => [...m.entries()].map(([k, v]) => `${k}:${v}`).sort();
    expect(sorted(copy)).toEqual(sorted(map));
    expect(() => copy.update(u32(0), new Uint8Array(copy.valueBytes))).toThrow('Map 2 (m): it is frozen.');
  }
});

test('a program array holds program ids and hands out their table slots', () => {
  const memory = EngineMemory.create();
  const map = EngineMap.create(memory, spec('prog_array'), {
    id: 3,
    programSlot: (id) => (id === 9 ? 1 : undefined),
  });
  map.update(u32(2), u32(9));
  expect(map.lookup(u32(2))).toEqual(u32(9));
  expect(map.lookup(u32(1))).toBeUndefined();
  expect([...map.entries()]).toEqual([[u32(2), u32(9)]]);
  expect(() => map.update(u32(1), u32(8))).toThrow('Map 3 (m): the value names no program, map or event.');
  map.delete(u32(2));
  expect(() => map.delete(u32(2))).toThrow('Map 3 (m): the key is not there.');
});

test('keys and values of the wrong size are refused before anything happens', () => {
  const map = EngineMap.create(EngineMemory.create(), spec('hash'), { id: 1 });
  expect(() => map.lookup(new Uint8Array(3))).toThrow('Map 1 (m): its keys have 4 bytes, not 3.');
  expect(() => map.update(u32(1), new Uint8Array(5))).toThrow('Map 1 (m): its values have 4 bytes, not 5.');
});

test.each(MAP_TYPES.map((type) => [type.name, type] as const))(
  'a %s says how much of the memory it takes, to the last few words',
  (name, type) => {
    const memory = EngineMemory.create({ cpus: 2 });
    const inner = type.lookup === 'inner_map' ? { inner: spec('hash') } : {};
    for (const entries of [1, 1000]) {
      const before = memory.used;
      const small = smallShape(type);
      const maxEntries = name === 'ringbuf' ? small.maxEntries : entries;
      const map = EngineMap.create(memory, spec(name, { ...small, maxEntries, ...inner }), { id: 1 });
      const taken = memory.used - before;
      // What the allocator itself needs for at most four blocks.
      expect(taken - map.memlock).toBeGreaterThanOrEqual(0);
      expect(taken - map.memlock).toBeLessThanOrEqual(4 * 40);
      map.destroy();
    }
  },
);

test('what a map of no stored entries gives as a snapshot can be put back', () => {
  const shape = smallShape(mapType('ringbuf'));
  const map = EngineMap.create(EngineMemory.create(), spec('ringbuf', shape), { id: 1 });
  expect(map.snapshot()).toEqual(new Uint8Array(0));
  map.restore(new Uint8Array(0));
});
