import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EngineMap } from './maps.js';
import { EngineMemory } from './memory.js';
import { PerfReader } from './perf-reader.js';
import { XDP_DATA, XDP_DATA_END } from './runtime/layout.js';

const CURRENT_CPU = 0xffffffffn;

function setUp(cpus = 1) {
  const memory = EngineMemory.create({ cpus });
  const used = memory.used;
  const map = EngineMap.create(
    memory,
    {
      name: 'events',
      type: 'perf_event_array',
      keySize: 4,
      valueSize: 4,
      maxEntries: 4,
      flags: 0,
      pinning: 'none',
    },
    { id: 1 },
  );
  const data = memory.alloc(8192);
  const output = memory.runtime['perf_event_output'] as unknown as (
    ctx: number,
    map: number,
    flags: bigint,
    data: number,
    size: number,
  ) => number;
  const send = (bytes: Uint8Array, flags = CURRENT_CPU): number => {
    memory.write(data, bytes);
    return output(0, map.address, flags, data, bytes.length);
  };
  return { memory, used, map, data, send };
}

test('records of any sizes arrive whole and in order, or are counted as lost', () => {
  const { memory, used, map, data, send } = setUp();
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(700), fc.constant(-1)), { maxLength: 60 }), (steps) => {
      const reader = new PerfReader(memory, map, { bytesPerCpu: 4096 });
      const expected: string[] = [];
      const got: string[] = [];
      let lost = 0;
      for (const [i, size] of steps.entries()) {
        if (size < 0) {
          got.push(...[...reader.read()].map((record) => record.data.join()));
          continue;
        }
        const bytes = new Uint8Array(size).fill(i);
        const result = send(bytes);
        if (result === 0) expected.push(bytes.join());
        else {
          expect(result).toBe(-28);
          lost++;
        }
      }
      got.push(...[...reader.read()].map((record) => record.data.join()));
      expect(got).toEqual(expected);
      expect(reader.lost).toBe(BigInt(lost));
      expect(reader.written).toBe(BigInt(expected.length));
      reader.close();
    }),
    { seed: 7, numRuns: 200 },
  );
  memory.free(data);
  map.destroy();
  expect(memory.used).toBe(used);
});

test('programs get Linux’s errors: no reader, index beyond the map, ring of another CPU, unknown flags', () => {
  const { memory, map, send } = setUp(2);
  expect(send(Uint8Array.of(1))).toBe(-2);
  const reader = new PerfReader(memory, map);
  expect(send(Uint8Array.of(1), 4n)).toBe(-7);
  expect(send(Uint8Array.of(1), 1n)).toBe(-95);
  expect(send(Uint8Array.of(1), 1n << 32n)).toBe(-22);
  memory.cpu = 1;
  expect(send(Uint8Array.of(5))).toBe(0);
  expect([...reader.read()]).toEqual([{ cpu: 1, data: Uint8Array.of(5) }]);
  expect(() => new PerfReader(memory, map)).toThrow('Map 1 has a reader already.');
});

test('an XDP program can send the start of its packet along', () => {
  const { memory, map, data } = setUp();
  const reader = new PerfReader(memory, map);
  const ctx = memory.alloc(64);
  const packet = memory.alloc(64);
  memory.write(
    packet,
    Uint8Array.from({ length: 64 }, (_, i) => i),
  );
  memory.view.setUint32(ctx + XDP_DATA, packet, true);
  memory.view.setUint32(ctx + XDP_DATA_END, packet + 64, true);
  memory.write(data, Uint8Array.of(9, 9));
  const output = memory.runtime['xdp_event_output'] as unknown as (...args: (number | bigint)[]) => number;
  expect(output(ctx, map.address, CURRENT_CPU | (4n << 32n), data, 2)).toBe(0);
  expect(output(ctx, map.address, CURRENT_CPU | (65n << 32n), data, 2)).toBe(-14);
  expect([...reader.read()]).toEqual([{ cpu: 0, data: Uint8Array.of(9, 9, 0, 1, 2, 3) }]);
});
