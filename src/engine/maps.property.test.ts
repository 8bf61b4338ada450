import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  contents,
  engineSubject,
  linuxSubject,
  type MapSubject,
  modelSubject,
  outcome,
} from '../../test/support/map-subjects.js';
import { bpfAvailability } from '../linux/bpf.js';
import type { MapShape } from '../maps/map-type.js';
import { mapType } from '../maps/registry.js';
import { EngineMemory } from './memory.js';

const SEED = 20_261_122;
/** As many as Linux has here, so that per-CPU values have the same size. */
const CPUS = 2;
const { available, reason } = bpfAvailability();

type Operation =
  | { readonly kind: 'update'; readonly key: number; readonly value: number; readonly flags: number }
  | { readonly kind: 'lookup' | 'delete'; readonly key: number };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 3, arbitrary: update() },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lookup' as const), key: fc.nat(13) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key: fc.nat(13) }) },
);

function update(): fc.Arbitrary<Operation> {
  return fc.record({
    kind: fc.constant('update' as const),
    key: fc.nat(13),
    value: fc.nat(255),
    flags: fc.constantFrom(0, 0, 0, 0, 1, 2, 3, 4),
  });
}

function keyBytes(n: number, size: number): Uint8Array {
  const key = new Uint8Array(size);
  key[0] = n;
  if (size > 4) key[size - 1] = n * 17;
  return key;
}

function valueBytes(n: number, shape: MapShape, perCpu: boolean): Uint8Array {
  if (!perCpu) return new Uint8Array(shape.valueSize).fill(n);
  const stride = Math.ceil(shape.valueSize / 8) * 8;
  const value = new Uint8Array(stride * CPUS);
  for (let cpu = 0; cpu < CPUS; cpu++) value.fill(n + cpu, cpu * stride, cpu * stride + shape.valueSize);
  return value;
}

function apply(map: MapSubject, op: Operation, shape: MapShape, perCpu: boolean): string {
  const key = keyBytes(op.key, shape.keySize);
  switch (op.kind) {
    case 'update':
      return outcome(() => map.update(key, valueBytes(op.value, shape, perCpu), op.flags));
    case 'lookup':
      return outcome(() => map.lookup(key));
    case 'delete':
      return outcome(() => map.delete(key));
    default:
      return op satisfies never;
  }
}

const NO_PREALLOC = 1;
const CASES: readonly (readonly [type: string, shape: MapShape])[] = [
  ...[1, 3, 4, 8, 16, 20, 64].flatMap((keySize) =>
    [0, NO_PREALLOC].map((flags) => ['hash', { keySize, valueSize: 5, maxEntries: 8, flags }] as const),
  ),
  ...[4, 8, 16, 7].map(
    (keySize) => ['percpu_hash', { keySize, valueSize: 12, maxEntries: 8, flags: 0 }] as const,
  ),
  ['percpu_hash', { keySize: 4, valueSize: 8, maxEntries: 8, flags: NO_PREALLOC }],
  ['lru_hash', { keySize: 8, valueSize: 12, maxEntries: 1024, flags: 0 }],
  ...[4, 8, 16, 7].map(
    (keySize) => ['lru_percpu_hash', { keySize, valueSize: 12, maxEntries: 1024, flags: 0 }] as const,
  ),
  ['array', { keySize: 4, valueSize: 5, maxEntries: 8, flags: 0 }],
  ['percpu_array', { keySize: 4, valueSize: 12, maxEntries: 8, flags: 0 }],
];

test.each(CASES)('%s %o behaves as its model, whatever is done to it', (type, shape) => {
  const memory = EngineMemory.create({ cpus: CPUS });
  const { perCpu, indexed } = mapType(type);
  const used = memory.used;
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
      const engine = engineSubject(memory, type, shape);
      const model = modelSubject(indexed, shape, engine.valueBytes);
      for (const op of operations) {
        expect(apply(engine, op, shape, perCpu)).toBe(apply(model, op, shape, perCpu));
      }
      expect(contents(engine)).toEqual(contents(model));
      expect([...engine.entries()].length).toBe(engine.count);
      engine.close();
    }),
    { seed: SEED, numRuns: 60 },
  );
  expect(memory.used).toBe(used);
});

test.skipIf(!available).each(CASES)(`%s %o behaves as Linux's own map ${reason}`, (type, shape) => {
  const memory = EngineMemory.create({ cpus: CPUS });
  const { perCpu } = mapType(type);
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const engine = engineSubject(memory, type, shape);
      const linux = linuxSubject(type, shape, engine.valueBytes);
      try {
        for (const op of operations) {
          expect(apply(engine, op, shape, perCpu)).toBe(apply(linux, op, shape, perCpu));
        }
        expect(contents(engine)).toEqual(contents(linux));
      } finally {
        engine.close();
        linux.close();
      }
    }),
    { seed: SEED, numRuns: 12 },
  );
});

test.each(['hash', 'percpu_hash', 'lru_hash'])(
  'walking a %s while deleting each key sees every key exactly once',
  (type) => {
    const memory = EngineMemory.create();
    const shape = { keySize: 4, valueSize: 8, maxEntries: 500, flags: 0 };
    const map = engineSubject(memory, type, shape);
    for (let i = 0; i < 500; i++)
      map.update(new Uint8Array(new Uint32Array([i * 7]).buffer), new Uint8Array(8), 0);
    const seen = new Set<string>();
    for (let key = map.nextKey(); key !== undefined; ) {
      const next = map.nextKey(key);
      seen.add(key.join());
      map.delete(key);
      key = next;
    }
    expect(seen.size).toBe(500);
    expect(map.count).toBe(0);
  },
);

test('after a key that is gone, a walk starts again at the first key', () => {
  const map = engineSubject(EngineMemory.create(), 'hash', {
    keySize: 4,
    valueSize: 4,
    maxEntries: 8,
    flags: 0,
  });
  for (let i = 0; i < 4; i++) map.update(keyBytes(i, 4), new Uint8Array(4), 0);
  const first = map.nextKey()!;
  const second = map.nextKey(first)!;
  map.delete(second);
  expect(map.nextKey(second)).toEqual(map.nextKey());
});

test.each(['lru_hash', 'lru_percpu_hash'])(
  'an %s stays within its size, counts what it throws out, and holds only newest values',
  (type) => {
    const memory = EngineMemory.create({ cpus: CPUS });
    const { perCpu } = mapType(type);
    const shape = { keySize: 4, valueSize: 4, maxEntries: 8, flags: 0 };
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
        const map = engineSubject(memory, type, shape);
        const newest = new Map<number, number>();
        let made = 0;
        let deleted = 0;
        for (const op of operations) {
          const there = map.lookup(keyBytes(op.key, 4)) !== undefined;
          const result = apply(map, op, shape, perCpu);
          if (op.kind === 'update' && result === 'none') {
            newest.set(op.key, op.value);
            if (!there) made++;
            expect(map.lookup(keyBytes(op.key, 4))?.[0]).toBe(op.value);
          }
          if (op.kind === 'delete' && result === 'none') deleted++;
          expect(result).not.toBe('E2BIG');
        }
        expect(map.count).toBeLessThanOrEqual(8);
        expect(Number(map.evictions)).toBe(made - deleted - map.count);
        for (const [key, value] of map.entries()) expect(value[0]).toBe(newest.get(key[0]!));
        map.close();
      }),
      { seed: SEED, numRuns: 100 },
    );
  },
);

test('an LRU map keeps the entries that programs look up', () => {
  const memory = EngineMemory.create();
  const map = engineSubject(memory, 'lru_hash', { keySize: 4, valueSize: 4, maxEntries: 100, flags: 0 });
  const key = (i: number): Uint8Array => new Uint8Array(new Uint32Array([i]).buffer);
  const at = memory.alloc(4);
  for (let i = 0; i < 100; i++) map.update(key(i), key(i), 0);
  for (let i = 0; i < 1000; i++) {
    for (let hot = 0; hot < 20; hot++) {
      memory.write(at, key(hot));
      expect(memory.runtime.map_lookup(map.address, at)).not.toBe(0);
    }
    map.update(key(1000 + i), key(i), 0);
  }
  expect(map.count).toBe(100);
  expect(map.evictions).toBe(1000n);
});

test.skipIf(!available).each(['prog_array', 'perf_event_array'])(
  `an empty %s answers user space as Linux's does ${reason}`,
  (type) => {
    const shape = { keySize: 4, valueSize: 4, maxEntries: 3, flags: 0 };
    const engine = engineSubject(EngineMemory.create(), type, shape);
    const linux = linuxSubject(type, shape, 4);
    const noSuchFd = new Uint8Array(4).fill(255);
    const answers = (map: MapSubject): string[] =>
      [0, 2, 3, 9].flatMap((n) => {
        const key = keyBytes(n, 4);
        return [
          outcome(() => map.lookup(key)),
          outcome(() => map.delete(key)),
          outcome(() => map.nextKey(key)),
          outcome(() => map.update(key, noSuchFd, 0)),
          outcome(() => map.update(key, noSuchFd, 1)),
        ];
      });
    expect(answers(engine)).toEqual(answers(linux));
    linux.close();
  },
);
