import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { engineSubject, outcome } from '../../test/support/map-subjects.js';
import { runInEngine, runInLinux, type TwinCase } from '../../test/support/twin.js';
import { KernelError } from '../errors/errno.js';
import * as linux from '../linux/bpf.js';
import { mapType } from '../maps/registry.js';
import { Engine } from './engine.js';
import { EngineMap } from './maps.js';
import { EngineMemory } from './memory.js';

const { available, reason } = linux.bpfAvailability();
const SEED = 20_261_122;
const NO_KEY = new Uint8Array(0);
const NO_PIN = { name: 'm', pinning: 'none' } as const;

type Operation =
  | { readonly kind: 'push'; readonly value: number; readonly flags: number }
  | { readonly kind: 'peek' | 'pop' | 'delete' | 'next' };

const operations: fc.Arbitrary<Operation[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('push' as const),
      value: fc.nat(255),
      flags: fc.constantFrom(0, 0, 0, 2, 2, 1, 3, 4),
    }),
    fc.record({ kind: fc.constantFrom('peek' as const, 'pop' as const, 'pop' as const) }),
    fc.record({ kind: fc.constantFrom('delete' as const, 'next' as const, 'pop' as const) }),
  ),
  { maxLength: 60 },
);

interface Keyless {
  push(value: Uint8Array, flags: number): void;
  peek(): Uint8Array | undefined;
  pop(): Uint8Array | undefined;
  delete(): void;
  next(): Uint8Array | undefined;
}

function engineSide(map: EngineMap): Keyless {
  return {
    push: (value, flags) => map.update(NO_KEY, value, flags),
    peek: () => map.lookup(NO_KEY),
    pop: () => map.lookupAndDelete(NO_KEY),
    delete: () => map.delete(NO_KEY),
    next: () => map.nextKey(),
  };
}

function linuxSide(map: linux.BpfFd, size: number): Keyless {
  return {
    push: (value, flags) => linux.mapUpdate(map, NO_KEY, value, flags),
    peek: () => linux.mapLookup(map, NO_KEY, size),
    pop: () => linux.mapLookupAndDelete(map, NO_KEY, size),
    delete: () => linux.mapDelete(map, NO_KEY),
    next: () => linux.mapNextKey(map, undefined, 0),
  };
}

function modelSide(isStack: boolean, room: number): Keyless {
  const rows: Uint8Array[] = [];
  const refuse = (errno: 'EINVAL' | 'E2BIG'): never => {
    throw new KernelError(errno, errno);
  };
  return {
    push(value, flags) {
      if (flags !== 0 && flags !== 2) refuse('EINVAL');
      if (rows.length === room && flags === 0) refuse('E2BIG');
      if (rows.length === room) rows.shift();
      rows.push(value);
    },
    peek: () => rows.at(isStack ? -1 : 0),
    pop: () => (isStack ? rows.pop() : rows.shift()),
    delete: () => refuse('EINVAL'),
    next: () => refuse('EINVAL'),
  };
}

function apply(map: Keyless, operation: Operation, size: number): string {
  return operation.kind === 'push'
    ? outcome(() => map.push(new Uint8Array(size).fill(operation.value), operation.flags))
    : outcome(() => map[operation.kind]());
}

const SHAPES = ['queue', 'stack'].flatMap((type) =>
  [1, 5, 8].map(
    (valueSize) => [type, { keySize: 0, valueSize, maxEntries: 1 + valueSize, flags: 0 }] as const,
  ),
);

test.each(SHAPES)('a %s %o behaves as a list', (type, shape) => {
  const memory = EngineMemory.create();
  fc.assert(
    fc.property(operations, (all) => {
      const map = engineSubject(memory, type, shape);
      const engine = engineSide(map);
      const model = modelSide(type === 'stack', shape.maxEntries);
      for (const one of all)
        expect(apply(engine, one, shape.valueSize)).toBe(apply(model, one, shape.valueSize));
      expect([...map.entries()].length).toBe(map.count);
      map.close();
    }),
    { seed: SEED, numRuns: 60 },
  );
});

test.skipIf(!available).each(SHAPES)(`a %s %o behaves as Linux's own ${reason}`, (type, shape) => {
  const memory = EngineMemory.create();
  fc.assert(
    fc.property(operations, (all) => {
      const own = engineSubject(memory, type, shape);
      using theirs = linux.mapCreate({ type: mapType(type).id, ...shape });
      const engine = engineSide(own);
      const kernel = linuxSide(theirs, shape.valueSize);
      for (const one of all)
        expect(apply(engine, one, shape.valueSize)).toBe(apply(kernel, one, shape.valueSize));
      own.close();
    }),
    { seed: SEED, numRuns: 25 },
  );
});

const ZERO_SEED = 64;
const bytes = (n: number, size: number) =>
  Uint8Array.from({ length: size }, (_, i) => (n * (i + 3) * 37) >> (i % 5));

test.skipIf(!available).each([
  [1, 16, 0n],
  [4, 100, 0n],
  [7, 100, 3n],
  [12, 60, 1n],
  [13, 60, 15n],
  [24, 1000, 2n],
  [25, 3, 5n],
  [64, 7, 4n],
])(
  `a bloom filter of %i-byte values for %i entries with %i hashes makes Linux's own mistakes ${reason}`,
  (valueSize, maxEntries, mapExtra) => {
    const shape = { keySize: 0, valueSize, maxEntries, flags: ZERO_SEED, mapExtra };
    const own = engineSubject(EngineMemory.create(), 'bloom_filter', shape);
    using theirs = linux.mapCreate({ type: 30, ...shape });
    for (let i = 0; i < maxEntries; i++) {
      own.update(NO_KEY, bytes(i, valueSize));
      linux.mapUpdate(theirs, NO_KEY, bytes(i, valueSize));
    }
    const answers = Array.from({ length: 3 * maxEntries }, (_, i) => [
      own.lookup(bytes(i, valueSize)) !== undefined,
      linux.mapAsk(theirs, bytes(i, valueSize)),
    ]);
    expect(answers.map(([here]) => here)).toEqual(answers.map(([, there]) => there));
    expect(answers.slice(0, maxEntries).every(([here]) => here)).toBe(true);
    const refusals = (map: Pick<Keyless, 'push' | 'pop' | 'delete' | 'next'>) => [
      outcome(() => map.push(bytes(1, valueSize), 1)),
      outcome(() => map.push(bytes(1, valueSize), 2)),
      outcome(() => map.pop()),
      outcome(() => map.delete()),
      outcome(() => map.next()),
    ];
    expect(refusals(engineSide(own))).toEqual(refusals(linuxSide(theirs, valueSize)));
  },
);

/** Calls of the helpers with numbered values; all results and values that come out are folded into r0. */
function program(steps: readonly ('push' | 'replace' | 'odd' | 'pop' | 'peek')[]): string {
  const flags = { push: 0, replace: 2, odd: 5 };
  const lines = steps.map((step, i) =>
    step === 'pop' || step === 'peek'
      ? `r1 = m0 ll\nr2 = r10\nr2 += -8\ncall bpf_map_${step}_elem\nr6 += r0\nr6 *= 31\nr1 = *(u64 *)(r10 - 8)\nr6 += r1`
      : `*(u64 *)(r10 - 8) = ${i + 100}\nr1 = m0 ll\nr2 = r10\nr2 += -8\nr3 = ${flags[step]}\ncall bpf_map_push_elem\nr6 += r0\nr6 *= 31`,
  );
  return `r6 = 0\n*(u64 *)(r10 - 8) = 7\n${lines.join('\n')}\nr0 = r6\nexit`;
}

describe.skipIf(!available)(
  `a program with push, pop and peek gives the same in the engine and in Linux ${reason}`,
  () => {
    const step = fc.constantFrom(
      'push',
      'push',
      'replace',
      'odd',
      'pop',
      'peek',
      'peek',
    ) as fc.Arbitrary<'push'>;
    test.each([
      ['queue', 0],
      ['stack', 0],
      ['bloom_filter', ZERO_SEED],
    ])('%s', async (type, flags) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
          // A bloom filter cannot be popped.
          const fitting = type === 'bloom_filter' ? steps.filter((one) => (one as string) !== 'pop') : steps;
          const twin: TwinCase = {
            hook: 'xdp',
            packet: new Uint8Array(64),
            text: program(fitting),
            repeat: 2,
            maps: [{ type, keySize: 0, valueSize: 8, maxEntries: 3, flags }],
          };
          const { returnValue } = runInLinux({ ...twin, skipContents: true });
          expect((await runInEngine(twin, 'jit')).returnValue).toBe(returnValue);
          expect((await runInEngine(twin, 'interpreter')).returnValue).toBe(returnValue);
        }),
        { seed: SEED, numRuns: 12 },
      );
    });
  },
);

test.each(['queue', 'stack', 'bloom_filter'])('a snapshot of a %s put back gives the same map', (type) => {
  const memory = EngineMemory.create();
  const shape = { ...NO_PIN, type, keySize: 0, valueSize: 4, maxEntries: 5, flags: 0 };
  const map = EngineMap.create(memory, shape, { id: 1 });
  for (let i = 0; i < 5; i++) map.update(NO_KEY, bytes(i, 4));
  if (type !== 'bloom_filter') map.lookupAndDelete(NO_KEY);
  const copy = EngineMap.create(memory, { ...shape, frozen: true }, { id: 2 });
  copy.restore(map.snapshot());
  expect(copy.snapshot()).toEqual(map.snapshot());
  expect(() => copy.update(NO_KEY, bytes(0, 4))).toThrow('Map 2 (m): it is frozen.');
  if (type === 'bloom_filter') for (let i = 0; i < 5; i++) expect(copy.lookup(bytes(i, 4))).toBeDefined();
  else expect(copy.lookup(NO_KEY)).toEqual(map.lookupAndDelete(NO_KEY));
});

test('a hash gives a value and deletes it at once; an array and a trie refuse to', async () => {
  const engine = await Engine.create();
  const shape = { ...NO_PIN, keySize: 8, valueSize: 4, maxEntries: 4 };
  const key = Uint8Array.of(8, 0, 0, 0, 1, 2, 3, 4);
  const hash = await engine.createMap({ ...shape, type: 'hash', flags: 0 });
  await hash.update(key, bytes(1, 4));
  expect(await hash.lookupAndDelete(key)).toEqual(bytes(1, 4));
  expect(await hash.lookupAndDelete(key)).toBeUndefined();
  const trie = await engine.createMap({ ...shape, type: 'lpm_trie', flags: 1 });
  await expect(trie.lookupAndDelete(key)).rejects.toThrow(
    'Map 2 (m): its type cannot look up and delete at once.',
  );
});
