import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asmProgram } from '../../test/support/asm-program.js';
import { linuxRing } from '../../test/support/linux-ring.js';
import { trustedProgram } from '../../test/support/trusted-program.js';
import { bpfAvailability, mapCreate, progLoad, progTestRun } from '../linux/bpf.js';
import { Engine } from './engine.js';
import { EngineMap } from './maps.js';
import { EngineMemory } from './memory.js';
import { type RingBufferOptions, RingBufferReader } from './ringbuf-reader.js';
import { CPU_AREA_SIZE, CPU_AREAS } from './runtime/layout.js';
import { loadRuntimeModule } from './runtime/module.js';

const { available, reason } = bpfAvailability();
const SPEC = {
  name: 'events',
  type: 'ringbuf',
  keySize: 0,
  valueSize: 0,
  flags: 0,
  pinning: 'none',
} as const;
const EAGAIN = -11;
const EINVAL = -22;

interface RingHelpers {
  ringbuf_output(map: number, data: number, size: bigint, flags: bigint): number;
  ringbuf_reserve(map: number, size: bigint, flags: bigint): number;
  ringbuf_submit(sample: number, flags: bigint): void;
  ringbuf_discard(sample: number, flags: bigint): void;
  ringbuf_query(map: number, what: bigint): bigint;
}

function setUp(size = 4096, options: RingBufferOptions = {}) {
  const memory = EngineMemory.create();
  const used = memory.used;
  const map = EngineMap.create(memory, { ...SPEC, maxEntries: size }, { id: 1 });
  const helpers = memory.runtime as unknown as RingHelpers;
  const data = memory.alloc(65536);
  const send = (bytes: Uint8Array, flags = 0n): number => {
    memory.write(data, bytes);
    return helpers.ringbuf_output(map.address, data, BigInt(bytes.length), flags);
  };
  return { memory, used, map, helpers, data, send, reader: new RingBufferReader(memory, map, options) };
}

type Step =
  | { readonly kind: 'output' | 'reserve'; readonly size: number }
  | { readonly kind: 'submit' | 'discard'; readonly which: number }
  | { readonly kind: 'read' };

const size = fc.oneof(fc.nat(40), fc.nat(1500), fc.constantFrom(0, 8, 4079, 4080, 4081, 4088, 4089, 9000));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('output' as const), size }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('reserve' as const), size }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('submit' as const, 'discard' as const), which: fc.nat(20) }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'read' as const }) },
);

/** What Linux documents, over a list: at most `size` - 1 bytes lie between the oldest unread or open record and the end. */
class Model {
  readonly #size: number;
  readonly #rows: { bytes: Uint8Array; state: 'open' | 'done' | 'discarded' }[] = [];
  lost = 0;
  constructor(size: number) {
    this.#size = size;
  }
  reserve(bytes: Uint8Array): boolean {
    const need = (row: { bytes: Uint8Array }) => (row.bytes.length + 15) & ~7;
    const fits = this.#rows.reduce((sum, row) => sum + need(row), need({ bytes })) < this.#size;
    if (fits) this.#rows.push({ bytes, state: 'open' });
    else this.lost++;
    return fits;
  }
  commit(bytes: Uint8Array, state: 'done' | 'discarded'): void {
    this.#rows.find((row) => row.bytes === bytes)!.state = state;
  }
  read(): string[] {
    const open = this.#rows.findIndex((row) => row.state === 'open');
    const taken = this.#rows.splice(0, open < 0 ? this.#rows.length : open);
    return taken.filter((row) => row.state === 'done').map((row) => row.bytes.join());
  }
}

test('whatever is reserved, submitted, discarded and read in between, records arrive whole and in order', () => {
  const { memory, used, map, helpers, data } = setUp();
  memory.free(data);
  map.destroy();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(1, 3, 65536), (steps, batchRecords) => {
      const ring = EngineMap.create(memory, { ...SPEC, maxEntries: 4096 }, { id: 2 });
      const reader = new RingBufferReader(memory, ring, { batchRecords });
      const model = new Model(4096);
      const buffer = memory.alloc(16384);
      const open: { at: number; bytes: Uint8Array }[] = [];
      for (const [i, one] of steps.entries()) {
        if (one.kind === 'read')
          expect([...reader.read()].map((bytes) => bytes.join())).toEqual(model.read());
        else if (one.kind === 'output' || one.kind === 'reserve') {
          const bytes = Uint8Array.from({ length: one.size }, (_, at) => i + at);
          const fits = model.reserve(bytes);
          if (one.kind === 'output') {
            memory.write(buffer, bytes);
            const result = helpers.ringbuf_output(ring.address, buffer, BigInt(one.size), 0n);
            expect(result).toBe(fits ? 0 : EAGAIN);
            if (fits) model.commit(bytes, 'done');
          } else {
            const at = helpers.ringbuf_reserve(ring.address, BigInt(one.size), 0n) >>> 0;
            expect(at !== 0).toBe(fits);
            if (fits) open.push({ at, bytes });
          }
        } else if ((one.kind === 'submit' || one.kind === 'discard') && open.length > 0) {
          const [{ at, bytes }] = open.splice(one.which % open.length, 1) as [(typeof open)[number]];
          memory.write(at, bytes);
          if (one.kind === 'submit') helpers.ringbuf_submit(at, 0n);
          else helpers.ringbuf_discard(at, 0n);
          model.commit(bytes, one.kind === 'submit' ? 'done' : 'discarded');
        }
      }
      for (const { at, bytes } of open) {
        helpers.ringbuf_discard(at, 0n);
        model.commit(bytes, 'discarded');
      }
      expect([...reader.read()].map((bytes) => bytes.join())).toEqual(model.read());
      expect(reader.lost).toBe(BigInt(model.lost));
      memory.free(buffer);
      ring.destroy();
    }),
    { seed: 5, numRuns: 300 },
  );
  expect(memory.used).toBe(used);
});

test('programs get Linux’s answers: unknown flags, records that never fit, queries', () => {
  const { map, helpers, send } = setUp();
  expect(send(new Uint8Array(8), 4n)).toBe(EINVAL);
  expect(send(new Uint8Array(4089))).toBe(EAGAIN);
  expect(helpers.ringbuf_reserve(map.address, 8n, 1n)).toBe(0);
  expect(helpers.ringbuf_reserve(map.address, 0x40000000n, 0n)).toBe(0);
  expect(send(new Uint8Array(9))).toBe(0);
  expect([0n, 1n, 2n, 3n, 4n, 1n << 40n].map((what) => helpers.ringbuf_query(map.address, what))).toEqual([
    24n,
    4096n,
    0n,
    24n,
    0n,
    0n,
  ]);
});

/** Every byte of the record at r7, by the largest stores that fit. */
function fill(size: number, i: number): string {
  const stores: string[] = [];
  for (let at = 0; at < size; ) {
    const bytes = size - at >= 8 ? 8 : 1;
    stores.push(`*(u${bytes * 8} *)(r7 + ${at}) = ${i * 1000 + at}`);
    at += bytes;
  }
  return stores.join('\n');
}

/** Sends, reserves, submits and discards records of several sizes and folds all answers into r0. */
function workload(sizes: readonly number[]): string {
  const call = (size: number, i: number): string =>
    i % 3 === 0
      ? `r1 = m0 ll
         r2 = r10
         r2 += -512
         r3 = ${size}
         r4 = 0
         call bpf_ringbuf_output
         r6 += r0
         r6 *= 31`
      : `r1 = m0 ll
         r2 = ${size}
         r3 = 0
         call bpf_ringbuf_reserve
         r6 += 7
         if r0 == 0 goto over${i}
         r7 = r0
         ${fill(size, i)}
         r1 = r7
         r2 = 0
         call ${i % 3 === 1 ? 'bpf_ringbuf_submit' : 'bpf_ringbuf_discard'}
         r6 += 11
       over${i}:
         r6 *= 31`;
  const queries = [0, 1, 2, 3, 9].map(
    (what) => `r1 = m0 ll\nr2 = ${what}\ncall bpf_ringbuf_query\nr6 += r0\nr6 *= 31`,
  );
  const stack = Array.from({ length: 64 }, (_, i) => `*(u64 *)(r10 - ${8 * i + 8}) = ${i * 77 + 1}`);
  return `r6 = 0\n${[...stack, ...sizes.map(call), ...queries].join('\n')}\nr0 = r6\nexit`;
}

describe.skipIf(!available)(`a ring buffer beside Linux's own ${reason}`, () => {
  test.each(['jit', 'interpreter'] as const)(
    'gives the same answers and the same records, round after round (%s)',
    (engine) => {
      fc.assert(
        fc.property(
          fc.array(fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 200, max: 512 })), {
            minLength: 1,
            maxLength: 24,
          }),
          (sizes) => {
            const text = workload(sizes);
            using map = mapCreate({ type: 27, keySize: 0, valueSize: 0, maxEntries: 4096 });
            const insns = asmProgram('xdp', text, []).insns;
            const load = progLoad({ type: 6, insns, license: 'GPL', maps: [map], logLevel: 1 });
            if (!load.ok) throw new Error(load.log);
            using program = load.program;
            const ring = linuxRing(map, 4096);
            const memory = EngineMemory.create();
            const own = EngineMap.create(memory, { ...SPEC, maxEntries: 4096 }, { id: 1 });
            const run = trustedProgram(memory, text, [own], engine);
            const reader = new RingBufferReader(memory, own);
            for (let round = 0; round < 5; round++) {
              const linux = progTestRun(program, { data: new Uint8Array(64) }).returnValue;
              expect(Number(BigInt.asUintN(32, run()))).toBe(linux);
              if (round % 2 === 1) expect([...reader.read()]).toEqual(ring.read());
            }
            expect([...reader.read()]).toEqual(ring.read());
            ring.close();
          },
        ),
        { seed: 3, numRuns: 15 },
      );
    },
  );
});

const OUTPUT = `
  r1 = m0 ll
  r2 = r10
  r2 += -8
  *(u64 *)(r10 - 8) = 42
  r3 = 8
  r4 = 0
  call bpf_ringbuf_output
  exit`;

test.each(['jit', 'interpreter'] as const)(
  'a program that the engine verified sends records to an async iterator (%s)',
  async (engineKind) => {
    const engine = await Engine.create({ engine: engineKind });
    const map = await engine.createMap({ ...SPEC, maxEntries: 4096 });
    const program = await engine.loadProgram(asmProgram('xdp', OUTPUT, [map]));
    const reader = engine.ringBuffer(map);
    const got: bigint[] = [];
    const reading = (async () => {
      for await (const record of reader) {
        got.push(new DataView(record.buffer, record.byteOffset).getBigUint64(0, true));
        if (got.length === 3) break;
      }
    })();
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      expect((await program.run({ data: new Uint8Array(64) })).returnValue).toBe(0);
    }
    await reading;
    expect(got).toEqual([42n, 42n, 42n]);
  },
);

test('a full ring refuses records, counts them, and takes new ones once it was read', async () => {
  const engine = await Engine.create();
  const map = await engine.createMap({ ...SPEC, maxEntries: 4096 });
  const program = await engine.loadProgram(asmProgram('xdp', OUTPUT, [map]));
  const reader = engine.ringBuffer({ raw: map });
  await program.run({ data: new Uint8Array(64), repeat: 1000 });
  expect(reader.available).toBe(4080);
  expect(reader.readBatch()?.count).toBe(255);
  expect(reader.lost).toBe(745n);
  expect((await program.run({ data: new Uint8Array(64) })).returnValue).toBe(0);
  expect([...reader.read()].length).toBe(1);
});

test('an abort ends a wait at once and leaves unread records in the ring; so does closing', async () => {
  const { send, reader } = setUp();
  const stop = new AbortController();
  const batches: number[] = [];
  const reading = reader.forEachBatch((batch) => void batches.push(batch.count), { signal: stop.signal });
  send(Uint8Array.of(1));
  send(Uint8Array.of(2));
  await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  await reading;
  expect(batches).toEqual([2]);
  send(Uint8Array.of(3));
  await reader.forEachBatch(() => expect.unreachable(), { signal: AbortSignal.abort() });
  expect([...reader.read()]).toEqual([Uint8Array.of(3)]);
  const waiting = reader.records().next();
  reader.close();
  expect(await waiting).toEqual({ done: true, value: undefined });
});

test('a ring has no elements for user space, and other maps have no ring', () => {
  const { memory, map } = setUp();
  const none = new Uint8Array(0);
  expect(() => map.lookup(none)).toThrow('Map 1 (events): records of a ring buffer cannot be looked up.');
  expect(() => map.update(none, none)).toThrow('Map 1 (events): its type does not allow this update.');
  expect(() => map.delete(none)).toThrow('Map 1 (events): entries of its type cannot be deleted.');
  expect(() => map.nextKey()).toThrow('Map 1 (events): its entries have no keys to go through.');
  expect([...map.entries()]).toEqual([]);
  const hash = EngineMap.create(
    memory,
    { ...SPEC, type: 'hash', keySize: 4, valueSize: 4, maxEntries: 4 },
    { id: 2 },
  );
  expect(() => new RingBufferReader(memory, hash)).toThrow('Map 2 is of type hash, which is no ring buffer.');
});

/** One CPU: sends `rounds` numbered records, waiting while the ring is full. */
const CPU = `
  const { parentPort, workerData: { module, memory, area, stack, data, map, cpu, rounds } } = require('node:worker_threads');
  const { exports } = new WebAssembly.Instance(module, {
    env: {
      memory,
      table: new WebAssembly.Table({ element: 'anyfunc', initial: 16 }),
      cpu_area: new WebAssembly.Global({ value: 'i32', mutable: true }, area),
      stack_pointer: new WebAssembly.Global({ value: 'i32', mutable: true }, stack),
    },
    host: { now: () => 0 },
  });
  const words = new Uint32Array(memory.buffer);
  let refused = 0;
  for (let i = 0; i < rounds; i++) {
    const size = 8 + ((i * 7) % 40);
    if (i % 2) {
      words[data / 4] = cpu;
      words[data / 4 + 1] = i;
      while (exports.ringbuf_output(map, data, BigInt(size), 0n) !== 0) refused++;
    } else {
      let at;
      while ((at = exports.ringbuf_reserve(map, BigInt(size), 0n) >>> 0) === 0) refused++;
      words[at / 4] = cpu;
      words[at / 4 + 1] = i;
      exports.ringbuf_submit(at, 0n);
    }
  }
  parentPort.postMessage(refused);
`;

test('two workers that write as fast as they can lose and tear no record, and every refusal is counted', async () => {
  const memory = EngineMemory.create({ cpus: 2, shared: true });
  const map = EngineMap.create(memory, { ...SPEC, maxEntries: 65536 }, { id: 1 });
  const reader = new RingBufferReader(memory, map);
  const rounds = 100_000;
  const start = (cpu: number): Promise<number> => {
    const workerData = {
      module: loadRuntimeModule(true),
      memory: memory.share().memory,
      area: CPU_AREAS + cpu * CPU_AREA_SIZE,
      stack: CPU_AREAS + (cpu + 1) * CPU_AREA_SIZE,
      data: memory.alloc(64),
      map: map.address,
      cpu,
      rounds,
    };
    const worker = new Worker(CPU, { eval: true, workerData });
    return new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  };
  const next = [0, 0];
  const wrong: string[] = [];
  const stop = new AbortController();
  const reading = reader.forEachBatch(
    ({ count, bytes, offsets, lengths }) => {
      const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
      for (let i = 0; i < count; i++) {
        const cpu = words[offsets[i]! / 4]!;
        const n = words[offsets[i]! / 4 + 1]!;
        if (n !== next[cpu]! || lengths[i] !== 8 + ((n * 7) % 40)) wrong.push(`${cpu} ${n} ${lengths[i]}`);
        next[cpu] = n + 1;
        if (next[0] === rounds && next[1] === rounds) stop.abort();
      }
    },
    { signal: stop.signal },
  );
  const refused = await Promise.all([start(0), start(1)]);
  await reading;
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(next).toEqual([rounds, rounds]);
  expect(reader.lost).toBe(BigInt(refused[0]! + refused[1]!));
});
