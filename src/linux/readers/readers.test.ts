import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asmProgram } from '../../../test/support/asm-program.js';
import { compileObject } from '../../compiler/node/index.js';
import { load } from '../../kernel/load.js';
import { parseObject } from '../../object/index.js';
import { bpfAvailability } from '../bpf.js';
import { LinuxKernel } from '../kernel.js';
import type { LinuxMap } from '../maps.js';
import type { LinuxProgram } from '../programs.js';

const { available, reason } = bpfAvailability();
const FRAME = new Uint8Array(64);
const RECORD = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

/** Sends the 8 bytes of RECORD, and returns what the helper does. */
const RING = `
  r1 = 0x0807060504030201 ll
  *(u64 *)(r10 - 8) = r1
  r1 = m0 ll
  r2 = r10
  r2 += -8
  r3 = 8
  r4 = 0
  call bpf_ringbuf_output
  exit`;
const PERF = `
  r2 = 0x0807060504030201 ll
  *(u64 *)(r10 - 8) = r2
  r2 = m0 ll
  r3 = 0xffffffff ll
  r4 = r10
  r4 += -8
  r5 = 8
  call bpf_perf_event_output
  exit`;

describe.skipIf(!available)(`readers on Linux ${reason}`, () => {
  let kernel: LinuxKernel;
  beforeEach(() => {
    kernel = LinuxKernel.open();
  });
  afterEach(() => kernel.close());

  const make = (type: string, maxEntries: number, size = 0, flags = 0): Promise<LinuxMap> =>
    kernel.createMap({
      name: 'skep_events',
      type,
      keySize: size,
      valueSize: size,
      maxEntries,
      flags,
      pinning: 'none',
    });
  const sender = (text: string, map: LinuxMap) => kernel.loadProgram(asmProgram('xdp', text, [map]));

  test('a ring buffer gives its records once, in batches, as copies or as views', async () => {
    const map = await make('ringbuf', 4096);
    const program = await sender(RING, map);
    using reader = kernel.ringBuffer(map);
    await program.run({ data: FRAME, repeat: 3 });
    expect(reader.available).toBe(3 * 16);
    expect([...reader.read()]).toEqual([RECORD, RECORD, RECORD]);
    expect(reader.readBatch()).toBeUndefined();
    await program.run({ data: FRAME, repeat: 2 });
    const seen: number[] = [];
    expect(reader.consume((record) => seen.push(record.length))).toBe(2);
    expect(seen).toEqual([8, 8]);
  });

  test('a ring buffer goes round and round without losing what it took', async () => {
    const map = await make('ringbuf', 4096);
    const program = await sender(RING, map);
    using reader = kernel.ringBuffer(map, { batchRecords: 50 });
    let total = 0;
    for (let round = 0; round < 30; round++) {
      await program.run({ data: FRAME, repeat: 200 });
      for (const record of reader.read()) {
        expect(record).toEqual(RECORD);
        total++;
      }
    }
    expect(total).toBe(30 * 200);
  });

  test('a full ring buffer refuses records to the program, and keeps what it has', async () => {
    const map = await make('ringbuf', 4096);
    const program = await sender(RING, map);
    using reader = kernel.ringBuffer(map);
    const { returnValue } = await program.run({ data: FRAME, repeat: 500 });
    expect(returnValue | 0).toBe(-11);
    expect([...reader.read()]).toHaveLength(4096 / 16 - 1);
  });

  test('records are awaited, until a signal or the end of the reader', async () => {
    const map = await make('ringbuf', 4096);
    const program = await sender(RING, map);
    const reader = kernel.ringBuffer(map);
    setTimeout(() => void program.run({ data: FRAME, repeat: 2 }), 20);
    const seen: Uint8Array[] = [];
    for await (const record of reader) {
      seen.push(record);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([RECORD, RECORD]);
    setTimeout(() => reader.close(), 20);
    for await (const _ of reader) seen.push(_);
    expect(seen).toHaveLength(2);
    const again = kernel.ringBuffer(map);
    await again.forEachBatch(() => {}, { signal: AbortSignal.timeout(20) });
    again.close();
  });

  test('a perf buffer gives records with their CPU', async () => {
    const map = await make('perf_event_array', kernel.environment.cpus, 4);
    const program = await sender(PERF, map);
    using reader = kernel.perfBuffer(map);
    await program.run({ data: FRAME, repeat: 3 });
    const records = [...reader.read()];
    expect(records).toHaveLength(3);
    // The kernel rounds a sample up to a multiple of 8 with its length before it.
    for (const { data } of records) expect(data.subarray(0, 8)).toEqual(RECORD);
  });

  test('a full perf buffer counts what it loses', async () => {
    const map = await make('perf_event_array', kernel.environment.cpus, 4);
    const program = await sender(PERF, map);
    using reader = kernel.perfBuffer(map, { bytesPerCpu: 4096 });
    await program.run({ data: FRAME, repeat: 1000 });
    const first = [...reader.read()].length;
    expect(first).toBeLessThan(1000);
    // The kernel tells of what is lost with the next record that it has room for.
    for (let cpu = 0; cpu < 8 && reader.lost === 0n; cpu++) {
      await program.run({ data: FRAME });
      for (const _ of reader.read());
    }
    expect(reader.lost).toBeGreaterThan(0n);
  });

  test('a walk of a map without batches that is disturbed gives nothing twice, and says so', async () => {
    const map = await make('lpm_trie', 64, 8, 1);
    const prefix = (n: number) => Uint8Array.of(32, 0, 0, 0, 10, 0, 0, n);
    for (let n = 0; n < 40; n++) await map.update(prefix(n), new Uint8Array(8));
    const seen: string[] = [];
    const calm = map.entries();
    let step = await calm.next();
    for (; !step.done; step = await calm.next()) seen.push(String(step.value[0]));
    expect([seen.length, step.value]).toEqual([40, { complete: true }]);
    const devices = await make('devmap_hash', 64, 4);
    const index = new Uint8Array(new Uint32Array([1]).buffer);
    const key = (n: number) => new Uint8Array(new Uint32Array([n]).buffer);
    for (let n = 0; n < 20; n++) await devices.update(key(n), index);
    const walk = devices.entries();
    const keys: string[] = [];
    for (step = await walk.next(); !step.done; step = await walk.next()) {
      keys.push(String(step.value[0]));
      // What was just seen is deleted: the kernel then starts over.
      if (keys.length === 5) await devices.delete(step.value[0]);
    }
    expect(new Set(keys).size).toBe(keys.length);
    expect(step.value).toEqual({ complete: false });
  });

  test('a program writes to its streams, which are read once', async () => {
    const spec = parseObject(await compileObject('test/cases/linux/stream.bpf.c'));
    const object = await load(spec, kernel);
    const program = object.program('say') as LinuxProgram;
    const results = [await program.run({}), await program.run({})];
    // Kernels that cannot allocate in every context (alloc_pages_nolock) refuse with ENOMEM.
    const written = results.filter(({ returnValue }) => (returnValue | 0) !== -12);
    expect(kernel.readStream(program, 'stdout')).toBe('hello 7\n'.repeat(written.length));
    expect(kernel.readStream(program, 'stdout')).toBe('');
    expect(kernel.readStream(program, 'stderr')).toBe('');
    await object.close();
  });

  test('other maps are refused by name', async () => {
    const map = await make('array', 1, 4);
    expect(() => kernel.ringBuffer(map)).toThrow(`Map ${map.id} is of type array, which is no ring buffer.`);
    expect(() => kernel.perfBuffer(map)).toThrow(
      `Map ${map.id} is of type array, which has no perf records.`,
    );
  });
});
