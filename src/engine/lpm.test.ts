import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contents,
  engineSubject,
  linuxSubject,
  type MapSubject,
  outcome,
} from '../../test/support/map-subjects.js';
import { runInEngine, runInLinux, type TwinCase } from '../../test/support/twin.js';
import { KernelError } from '../errors/errno.js';
import { bpfAvailability } from '../linux/bpf.js';
import { EngineMap } from './maps.js';
import { EngineMemory } from './memory.js';

const { available, reason } = bpfAvailability();
const SEED = 20_261_122;
const MAX_ENTRIES = 12;

interface Prefix {
  readonly length: number;
  readonly bytes: readonly number[];
}
type Operation =
  | { readonly kind: 'update'; readonly key: Prefix; readonly value: number; readonly flags: number }
  | { readonly kind: 'lookup' | 'delete' | 'next'; readonly key: Prefix };

/** Few different bits, so that prefixes cover each other and part everywhere. */
function operations(dataSize: number): fc.Arbitrary<Operation[]> {
  const byte = fc.constantFrom(0, 0, 0, 0x80, 0xff, 1, 0x0f);
  const key = fc.record({
    length: fc.oneof(
      fc.nat(8 * dataSize),
      fc.constantFrom(0, 1, 8, 8 * dataSize, 8 * dataSize - 1, 8 * dataSize + 1),
    ),
    bytes: fc.array(byte, { minLength: dataSize, maxLength: dataSize }),
  });
  const update = fc.record({
    kind: fc.constant('update' as const),
    key,
    value: fc.nat(255),
    flags: fc.constantFrom(0, 0, 0, 0, 1, 2, 3, 4),
  });
  const others = fc.record({
    kind: fc.constantFrom('lookup' as const, 'delete' as const, 'next' as const),
    key,
  });
  return fc.array(fc.oneof({ weight: 2, arbitrary: update }, { weight: 3, arbitrary: others }), {
    maxLength: 70,
  });
}

function keyBytes({ length, bytes }: Prefix): Uint8Array {
  const key = Uint8Array.from([0, 0, 0, 0, ...bytes]);
  new DataView(key.buffer).setUint32(0, length, true);
  return key;
}

function apply(map: MapSubject, operation: Operation): string {
  const key = keyBytes(operation.key);
  switch (operation.kind) {
    case 'update':
      return outcome(() => map.update(key, new Uint8Array(8).fill(operation.value), operation.flags));
    case 'lookup':
      return outcome(() => map.lookup(key));
    case 'delete':
      return outcome(() => map.delete(key));
    case 'next':
      return outcome(() => map.nextKey(key));
    default:
      return operation satisfies never;
  }
}

/** What Linux documents, over a list that is searched through. */
function modelTrie(dataSize: number): MapSubject {
  const rows = new Map<string, { readonly key: Uint8Array; readonly value: Uint8Array }>();
  const length = (key: Uint8Array) => new DataView(key.buffer, key.byteOffset).getUint32(0, true);
  const bits = (key: Uint8Array) =>
    [...key.subarray(4)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const name = (key: Uint8Array) => bits(key).slice(0, length(key));
  const refuse = (errno: 'EINVAL' | 'ENOENT' | 'EEXIST' | 'ENOSPC'): never => {
    throw new KernelError(errno, errno);
  };
  /** Longer prefixes before those that cover them, 0 before 1. */
  const inOrder = () =>
    [...rows.keys()].sort((a, b) => (a.startsWith(b) ? -1 : b.startsWith(a) ? 1 : a < b ? -1 : 1));
  return {
    lookup(key) {
      if (length(key) > 8 * dataSize) return undefined;
      const covering = [...rows.keys()].filter((prefix) => name(key).startsWith(prefix));
      return rows.get(covering.sort((a, b) => b.length - a.length)[0] ?? 'none')?.value;
    },
    update(key, value, flags) {
      if (flags > 2 || length(key) > 8 * dataSize) refuse('EINVAL');
      const there = rows.has(name(key));
      if (there && flags === 1) refuse('EEXIST');
      if (!there && flags === 2) refuse('ENOENT');
      if (!there && rows.size === MAX_ENTRIES) refuse('ENOSPC');
      rows.set(name(key), { key, value });
    },
    delete(key) {
      if (length(key) > 8 * dataSize) refuse('EINVAL');
      if (!rows.delete(name(key))) refuse('ENOENT');
    },
    nextKey(key) {
      const order = inOrder();
      const at = key === undefined || length(key) > 8 * dataSize ? -1 : order.indexOf(name(key));
      return rows.get(order[at + 1] ?? 'none')?.key;
    },
    close: () => undefined,
  };
}

const SIZES = [1, 3, 4, 8, 16, 21];
const shape = (dataSize: number) => ({
  keySize: 4 + dataSize,
  valueSize: 8,
  maxEntries: MAX_ENTRIES,
  flags: 1,
});

test.each(SIZES)('a trie of %i bytes behaves as a list of prefixes that is searched through', (dataSize) => {
  const memory = EngineMemory.create();
  const used = memory.used;
  fc.assert(
    fc.property(operations(dataSize), (all) => {
      const engine = engineSubject(memory, 'lpm_trie', shape(dataSize));
      const model = modelTrie(dataSize);
      for (const operation of all) expect(apply(engine, operation)).toBe(apply(model, operation));
      expect(contents(engine)).toEqual(contents(model));
      expect([...engine.entries()].length).toBe(engine.count);
      engine.close();
    }),
    { seed: SEED, numRuns: 150 },
  );
  expect(memory.used).toBe(used);
});

test.skipIf(!available).each(SIZES)(
  `a trie of %i bytes behaves as Linux's own, key order included ${reason}`,
  (dataSize) => {
    const memory = EngineMemory.create();
    fc.assert(
      fc.property(operations(dataSize), (all) => {
        const engine = engineSubject(memory, 'lpm_trie', shape(dataSize));
        const linux = linuxSubject('lpm_trie', shape(dataSize), 8);
        try {
          for (const operation of all) expect(apply(engine, operation)).toBe(apply(linux, operation));
          expect(contents(engine)).toEqual(contents(linux));
        } finally {
          engine.close();
          linux.close();
        }
      }),
      { seed: SEED, numRuns: 40 },
    );
  },
);

test('prefixes that come and go use the same nodes again', () => {
  const memory = EngineMemory.create();
  const map = EngineMap.create(
    memory,
    {
      name: 'routes',
      type: 'lpm_trie',
      pinning: 'none',
      keySize: 8,
      valueSize: 4,
      maxEntries: 9000,
      flags: 1,
    },
    { id: 1 },
  );
  const keys = Array.from({ length: 9000 }, (_, i) =>
    keyBytes({ length: 32 - (i % 7), bytes: [i & 255, i >> 8, (i * 31) & 255, 0] }),
  );
  let taken = 0;
  for (let round = 0; round < 6; round++) {
    for (const key of keys) map.update(key, new Uint8Array(4));
    if (round === 0) taken = map.memlock;
    expect(map.memlock).toBe(taken);
    for (const key of keys) map.delete(key);
    expect(map.count).toBe(0);
    expect(map.nextKey()).toBeUndefined();
  }
});

const ipv4 = (length: number, ...bytes: number[]) => keyBytes({ length, bytes });
const u64 = (n: number) => new Uint8Array(new BigUint64Array([BigInt(n)]).buffer);

/** Looks the packet's bytes 26…29 up, counts the route in place, and folds update, delete and lookup results into r0. */
const ROUTE = `
  r6 = 0
  r2 = *(u32 *)(r1 + 0)
  r3 = *(u32 *)(r1 + 4)
  r4 = r2
  r4 += 34
  if r4 > r3 goto out
  r4 = *(u32 *)(r2 + 26)
  *(u32 *)(r10 - 4) = r4
  *(u32 *)(r10 - 8) = 32
  r2 = r10
  r2 += -8
  r1 = m0 ll
  call bpf_map_lookup_elem
  if r0 == 0 goto change
  r6 = *(u64 *)(r0 + 0)
  r6 *= 31
  r1 = 1
  lock *(u64 *)(r0 + 0) += r1
change:
  *(u32 *)(r10 - 8) = 12
  *(u64 *)(r10 - 16) = 99
  r2 = r10
  r2 += -8
  r3 = r10
  r3 += -16
  r4 = 0
  r1 = m0 ll
  call bpf_map_update_elem
  r6 += r0
  r6 *= 31
  *(u32 *)(r10 - 8) = 33
  r2 = r10
  r2 += -8
  r1 = m0 ll
  call bpf_map_delete_elem
  r6 += r0
  r6 *= 31
  *(u32 *)(r10 - 8) = 8
  r2 = r10
  r2 += -8
  r1 = m0 ll
  call bpf_map_delete_elem
  r6 += r0
out:
  r0 = r6
  exit`;

describe.skipIf(!available)(
  `a program that routes gives the same in the engine and in Linux ${reason}`,
  () => {
    test.each([
      [10, 1, 2, 3],
      [10, 1, 9, 9],
      [10, 9, 9, 9],
      [192, 168, 0, 1],
    ])('%i.%i.%i.%i', async (...address) => {
      const packet = new Uint8Array(64);
      packet.set(address, 26);
      const twin: TwinCase = {
        hook: 'xdp',
        packet,
        text: ROUTE,
        repeat: 3,
        maps: [
          {
            type: 'lpm_trie',
            keySize: 8,
            valueSize: 8,
            maxEntries: 5,
            flags: 1,
            entries: [
              [ipv4(8, 10, 0, 0, 0), u64(8)],
              [ipv4(16, 10, 1, 0, 0), u64(16)],
              [ipv4(24, 10, 1, 2, 0), u64(24)],
              [ipv4(32, 10, 1, 2, 3), u64(32)],
            ],
          },
        ],
      };
      const linux = runInLinux(twin);
      expect(await runInEngine(twin, 'jit')).toEqual(linux);
      expect(await runInEngine(twin, 'interpreter')).toEqual(linux);
    });
  },
);
