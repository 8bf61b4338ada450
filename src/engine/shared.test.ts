import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { EngineMap } from './maps.js';
import { EngineMemory } from './memory.js';
import { CPU_AREA_SIZE, CPU_AREAS, ELEM_FREE_NEXT, MAP_CAPACITY, MAP_FREE } from './runtime/layout.js';
import { loadRuntimeModule } from './runtime/module.js';

/** One CPU: updates, looks up and deletes random keys as fast as it can. */
const CPU = `
  const { parentPort, workerData: { module, memory, area, stack, key, map, seed, rounds } } = require('node:worker_threads');
  const i32 = (value) => new WebAssembly.Global({ value: 'i32', mutable: true }, value);
  const { exports } = new WebAssembly.Instance(module, {
    env: {
      memory,
      table: new WebAssembly.Table({ element: 'anyfunc', initial: 16 }),
      cpu_area: i32(area),
      stack_pointer: i32(stack),
    },
    host: { now: () => 0 },
  });
  const words = new Uint32Array(memory.buffer);
  let state = seed;
  let wrong = 0;
  for (let i = 0; i < rounds; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const n = (state >>> 8) % 96;
    words[key / 4] = n;
    words[key / 4 + 1] = n * 3;
    const what = (state >>> 4) % 4;
    if (what < 2) exports.map_update(map, key, key + 4, 0n);
    else if (what === 2) exports.map_delete(map, key);
    else {
      const value = exports.map_lookup(map, key) >>> 0;
      if (value !== 0 && words[value / 4] % 3 !== 0) wrong++;
    }
  }
  parentPort.postMessage(wrong);
`;

function runCpu(memory: EngineMemory, map: EngineMap, cpu: number): Promise<number> {
  const worker = new Worker(CPU, {
    eval: true,
    workerData: {
      module: loadRuntimeModule(true),
      memory: memory.share().memory,
      area: CPU_AREAS + cpu * CPU_AREA_SIZE,
      stack: CPU_AREAS + (cpu + 1) * CPU_AREA_SIZE,
      key: memory.alloc(16),
      map: map.address,
      seed: cpu + 1,
      rounds: 200_000,
    },
  });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

test.each([
  ['hash', 0],
  ['hash', 1],
  ['lru_hash', 0],
] as const)('a %s (flags %i) that two workers change at once loses no element', async (type, flags) => {
  const memory = EngineMemory.create({ cpus: 2, shared: true });
  const map = EngineMap.create(
    memory,
    { name: 'm', type, keySize: 4, valueSize: 4, maxEntries: 64, flags, pinning: 'none' },
    { id: 1 },
  );
  expect(await Promise.all([runCpu(memory, map, 0), runCpu(memory, map, 1)])).toEqual([0, 0]);
  const keys = [...map.entries()].map(([key]) => key.join());
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.length).toBe(map.count);
  expect(map.count).toBeLessThanOrEqual(64);
  let free = 0;
  for (let e = memory.u32(map.address + MAP_FREE); e !== 0; e = memory.u32(e + ELEM_FREE_NEXT)) free++;
  expect(free + map.count).toBe(memory.u32(map.address + MAP_CAPACITY));
});
