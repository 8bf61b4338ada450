import { expect, test } from 'vitest';
import type { MapSpec } from '../object/spec.js';
import { EngineMap } from './maps.js';
import { EngineMemory } from './memory.js';

const u32 = (n: number): Uint8Array => Uint8Array.of(n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24);

function spec(type: string, over: Partial<MapSpec> = {}): MapSpec {
  return { name: 'm', type, keySize: 4, valueSize: 4, maxEntries: 4, flags: 0, pinning: 'none', ...over };
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
