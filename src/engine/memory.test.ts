import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EngineMemory } from './memory.js';

type Step =
  | { readonly kind: 'alloc'; readonly size: number }
  | { readonly kind: 'free'; readonly which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('alloc' as const),
    size: fc.oneof(fc.nat(300), fc.nat(20_000), fc.nat(400_000)),
  }),
  fc.record({ kind: fc.constant('free' as const), which: fc.nat(1000) }),
);

test('blocks are aligned, never overlap, keep their bytes, and all memory comes back', () => {
  const memory = EngineMemory.create({ maximumPages: 512 });
  const empty = memory.used;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const blocks: { address: number; size: number; mark: number }[] = [];
      const release = (index: number): void => {
        const [block] = blocks.splice(index, 1);
        if (block === undefined) return;
        const bytes = memory.bytes.subarray(block.address, block.address + block.size);
        expect(bytes.every((byte) => byte === block.mark)).toBe(true);
        memory.free(block.address);
      };
      for (const [i, action] of steps.entries()) {
        if (action.kind === 'free') {
          if (blocks.length > 0) release(action.which % blocks.length);
          continue;
        }
        const address = memory.runtime.alloc(action.size) >>> 0;
        if (address === 0) continue;
        expect(address % 16).toBe(0);
        memory.bytes.fill(i + 1, address, address + action.size);
        blocks.push({ address, size: action.size, mark: (i + 1) & 255 });
      }
      while (blocks.length > 0) release(blocks.length - 1);
      expect(memory.used).toBe(empty);
    }),
    { seed: 20_261_122, numRuns: 150 },
  );
});

test('memory that is full refuses, and works again once something is freed', () => {
  const memory = EngineMemory.create({ maximumPages: 32 });
  const blocks: number[] = [];
  for (;;) {
    const address = memory.runtime.alloc(50_000) >>> 0;
    if (address === 0) break;
    blocks.push(address);
  }
  expect(blocks.length).toBeGreaterThan(10);
  expect(() => memory.alloc(50_000)).toThrow("The engine's memory has no room for 50000 bytes.");
  for (const address of blocks) memory.free(address);
  expect(memory.alloc(1_000_000)).toBeGreaterThan(0);
});

test('the first 64 KiB stay zero', () => {
  const memory = EngineMemory.create();
  memory.free(memory.alloc(100));
  memory.setTask({ pid: 1, tgid: 1, uid: 0, gid: 0, comm: 'x' });
  expect(memory.bytes.subarray(0, 65536).every((byte) => byte === 0)).toBe(true);
});

test('each CPU has its own number, task and random numbers', () => {
  const memory = EngineMemory.create({ cpus: 2 });
  const call = (name: string): unknown => (memory.runtime[name] as unknown as () => unknown)();
  memory.setTask({ pid: 7, tgid: 5, uid: 1000, gid: 100, comm: 'a name that is too long' });
  memory.seedRandom(42n);
  const first = call('get_prandom_u32');
  memory.seedRandom(42n);
  expect(call('get_prandom_u32')).toBe(first);
  expect(call('get_current_pid_tgid')).toBe((5n << 32n) | 7n);
  expect(call('get_current_uid_gid')).toBe((100n << 32n) | 1000n);
  const buffer = memory.alloc(20);
  memory.bytes.fill(255, buffer, buffer + 20);
  const comm = memory.runtime['get_current_comm'] as unknown as (at: number, size: number) => number;
  expect(comm(buffer, 20)).toBe(0);
  expect(new TextDecoder().decode(memory.read(buffer, 20))).toBe('a name that is \0\0\0\0\0');
  memory.cpu = 1;
  expect(call('get_smp_processor_id')).toBe(1);
  expect(call('get_current_pid_tgid')).toBe(0n);
});

test('the clock runs, or stands where it was pinned', () => {
  let now = 1000;
  const memory = EngineMemory.create({ now: () => now });
  const clock = memory.runtime['ktime_get_ns'] as unknown as () => bigint;
  expect(clock()).toBe(1000n);
  now = 2000;
  expect(clock()).toBe(2000n);
  memory.pinClock(5n);
  expect(clock()).toBe(5n);
  memory.pinClock(undefined);
  expect(clock()).toBe(2000n);
});

test('a program’s update of a per-CPU hash sets its own CPU’s value and zeros the others', async () => {
  const { EngineMap } = await import('./maps.js');
  const memory = EngineMemory.create({ cpus: 3 });
  const map = EngineMap.create(
    memory,
    { name: 'm', type: 'percpu_hash', keySize: 4, valueSize: 4, maxEntries: 2, flags: 0, pinning: 'none' },
    { id: 1 },
  );
  const key = memory.alloc(16);
  memory.setU32(key, 9);
  memory.setU32(key + 8, 77);
  memory.cpu = 1;
  expect(memory.runtime.map_update(map.address, key, key + 8, 0n)).toBe(0);
  const values = new Uint32Array(map.lookup(memory.read(key, 4))!.buffer);
  expect([...values]).toEqual([0, 0, 77, 0, 0, 0]);
  expect(memory.u32(memory.runtime.map_lookup(map.address, key) >>> 0)).toBe(77);
  memory.cpu = 2;
  expect(memory.u32(memory.runtime.map_lookup(map.address, key) >>> 0)).toBe(0);
});
