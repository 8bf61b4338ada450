import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asmProgram } from '../../test/support/asm-program.js';
import { outcome } from '../../test/support/map-subjects.js';
import { trustedProgram } from '../../test/support/trusted-program.js';
import * as linux from '../linux/bpf.js';
import { mapType } from '../maps/registry.js';
import type { MapSpec } from '../object/spec.js';
import { Engine } from './engine.js';
import { EngineMap } from './maps.js';
import { EngineMemory } from './memory.js';

const { available, reason } = linux.bpfAvailability();
const SEED = 20_261_122;

const u32 = (n: number): Uint8Array => new Uint8Array(new Uint32Array([n]).buffer);
const u64 = (n: number): Uint8Array => new Uint8Array(new BigUint64Array([BigInt(n)]).buffer);

function spec(type: string, over: Partial<MapSpec> = {}): MapSpec {
  return { name: 'm', type, keySize: 4, valueSize: 8, maxEntries: 4, flags: 0, pinning: 'none', ...over };
}
const outer = (type: string, inner: MapSpec): MapSpec => spec(type, { valueSize: 4, inner });

const NO_PREALLOC = 1;
const INNER_MAP = 4096;
const MODELS: readonly MapSpec[] = [
  spec('hash'),
  spec('array'),
  spec('array', { flags: INNER_MAP }),
  spec('percpu_array'),
  spec('lpm_trie', { keySize: 8, flags: NO_PREALLOC }),
  spec('queue', { keySize: 0 }),
];

/** Maps that differ from a model in one thing each, and one that does not. */
function candidates(model: MapSpec): MapSpec[] {
  return [
    model,
    { ...model, maxEntries: 8 },
    { ...model, valueSize: 16 },
    ...(['hash', 'array'].includes(model.type) ? [{ ...model, flags: model.flags ^ 128 }] : []),
    spec('lru_hash'),
    spec('prog_array', { valueSize: 4 }),
  ];
}

/** The same candidates in the engine and in Linux; ids are turned into indexes. */
class Side {
  readonly update: (key: number, candidate: number, flags: number) => void;
  readonly lookup: (key: number) => Uint8Array | undefined;
  readonly delete: (key: number) => void;
  readonly next: (key?: number) => Uint8Array | undefined;
  readonly close: () => void;
  private constructor(parts: Side) {
    this.update = parts.update;
    this.lookup = parts.lookup;
    this.delete = parts.delete;
    this.next = parts.next;
    this.close = parts.close;
  }

  static engine(type: string, model: MapSpec): Side {
    const memory = EngineMemory.create();
    const maps = candidates(model).map((one, i) => EngineMap.create(memory, one, { id: 100 + i }));
    const inner = {
      find: (id: number) => maps.find((map) => map.id === id),
      use: () => {},
      release: () => {},
    };
    const map = EngineMap.create(memory, outer(type, model), { id: 1, inner });
    const index = (value: Uint8Array | undefined) => value && u32(new Uint32Array(value.buffer)[0]! - 100);
    return new Side({
      update: (key, candidate, flags) => map.update(u32(key), u32(100 + candidate), flags),
      lookup: (key) => index(map.lookup(u32(key))),
      delete: (key) => map.delete(u32(key)),
      next: (key) => map.nextKey(key === undefined ? undefined : u32(key)),
      close: () => map.destroy(),
    });
  }

  static linux(type: string, model: MapSpec): Side {
    const make = (one: MapSpec) => {
      const { keySize, valueSize, maxEntries, flags } = one;
      return linux.mapCreate({ type: mapType(one.type).id, keySize, valueSize, maxEntries, flags });
    };
    const maps = candidates(model).map(make);
    const id = (map: linux.BpfFd) => new Uint32Array(linux.objectInfo(map, 80).buffer)[1]!;
    const ids = maps.map(id);
    using like = make(model);
    const shape = { type: mapType(type).id, keySize: 4, valueSize: 4, maxEntries: 4 };
    const map = linux.mapCreate({ ...shape, inner: like });
    const index = (value: Uint8Array | undefined) =>
      value && u32(ids.indexOf(new Uint32Array(value.slice().buffer)[0]!));
    return new Side({
      update: (key, candidate, flags) =>
        linux.mapUpdate(map, u32(key), u32(maps[candidate]?.fd ?? 0xffff), flags),
      lookup: (key) => index(linux.mapLookup(map, u32(key), 4)),
      delete: (key) => linux.mapDelete(map, u32(key)),
      next: (key) => linux.mapNextKey(map, key === undefined ? undefined : u32(key), 4),
      close: () => {
        map.close();
        for (const one of maps) one.close();
      },
    });
  }
}

const operations = fc.array(
  fc.record({
    kind: fc.constantFrom('update', 'update', 'update', 'lookup', 'delete', 'next'),
    key: fc.nat(5),
    candidate: fc.oneof(fc.nat(1), fc.nat(6)),
    flags: fc.constantFrom(0, 0, 0, 1, 2, 3),
  }),
  { maxLength: 50 },
);

function keysOf(side: Side): string[] {
  const keys: string[] = [];
  for (let key = side.next(); key !== undefined; key = side.next(new Uint32Array(key.slice().buffer)[0])) {
    keys.push(`${key} ${side.lookup(new Uint32Array(key.slice().buffer)[0]!)}`);
  }
  return keys.sort();
}

describe.skipIf(!available)(`a map of maps takes what Linux takes, with its errno ${reason}`, () => {
  const cases = ['array_of_maps', 'hash_of_maps'].flatMap((type) =>
    MODELS.map((model) => [type, `${model.type} ${model.flags}`, model] as const),
  );
  test.each(cases)('%s of %s', (type, _name, model) => {
    fc.assert(
      fc.property(operations, (all) => {
        const sides = [Side.engine(type, model), Side.linux(type, model)];
        const answers = sides.map((side) =>
          all.map(({ kind, key, candidate, flags }) => {
            if (kind === 'update') return outcome(() => side.update(key, candidate, flags));
            if (kind === 'lookup') return outcome(() => side.lookup(key));
            if (kind === 'delete') return outcome(() => side.delete(key));
            // The order of a hash's keys is its own.
            return type === 'array_of_maps' ? outcome(() => side.next(key)) : '';
          }),
        );
        expect(answers[0]).toEqual(answers[1]);
        expect(keysOf(sides[0]!)).toEqual(keysOf(sides[1]!));
        for (const side of sides) side.close();
      }),
      { seed: SEED, numRuns: 8 },
    );
  });

  test.each(['prog_array', 'array_of_maps', 'hash', 'lpm_trie', 'ringbuf'])('with %s inside', (type) => {
    const shapes: Record<string, Partial<MapSpec>> = {
      prog_array: { valueSize: 4 },
      array_of_maps: { valueSize: 4, inner: spec('hash') },
      lpm_trie: { keySize: 8, flags: NO_PREALLOC },
      ringbuf: { keySize: 0, valueSize: 0, maxEntries: 4096 },
    };
    const inner = spec(type, shapes[type]);
    using hash = linux.mapCreate({ type: 1, keySize: 4, valueSize: 8, maxEntries: 4 });
    const { keySize, valueSize, maxEntries, flags } = inner;
    const shape = { type: mapType(type).id, keySize, valueSize, maxEntries, flags };
    using model = linux.mapCreate({ ...shape, ...(inner.inner ? { inner: hash } : {}) });
    const theirs = outcome(() => {
      linux.mapCreate({ type: 12, keySize: 4, valueSize: 4, maxEntries: 4, inner: model }).close();
    });
    const memory = EngineMemory.create();
    expect(outcome(() => void EngineMap.create(memory, outer('array_of_maps', inner), { id: 1 }))).toBe(
      theirs,
    );
  });
});

/** For each key of the outer map: adds to entry 1 of the inner one, and folds what it finds into r0. */
const PROGRAM = `
  r6 = 0
  ${[0, 1, 2, 3, 9]
    .map(
      (key) => `
  *(u32 *)(r10 - 4) = ${key}
  r1 = m0 ll
  r2 = r10
  r2 += -4
  call bpf_map_lookup_elem
  r6 += 3
  r6 *= 31
  if r0 == 0 goto none${key}
  r7 = r0
  *(u32 *)(r10 - 4) = 1
  r1 = r7
  r2 = r10
  r2 += -4
  call bpf_map_lookup_elem
  if r0 == 0 goto store${key}
  r1 = *(u64 *)(r0 + 0)
  r6 += r1
  r1 += 5
  *(u64 *)(r0 + 0) = r1
  goto none${key}
store${key}:
  *(u64 *)(r10 - 16) = ${key + 40}
  r1 = r7
  r2 = r10
  r2 += -4
  r3 = r10
  r3 += -16
  r4 = 0
  call bpf_map_update_elem
  r6 += r0
none${key}:
  r6 *= 31`,
    )
    .join('')}
  r0 = r6
  exit`;

describe.skipIf(!available)(`a program reaches inner maps as in Linux, also exchanged ones ${reason}`, () => {
  const cases = ['array_of_maps', 'hash_of_maps'].flatMap((type) =>
    (['jit', 'interpreter'] as const).flatMap((engine) =>
      [spec('hash'), spec('array'), spec('lru_hash', { maxEntries: 64 })].map(
        (model) => [type, model.type, engine, model] as const,
      ),
    ),
  );
  test.each(cases)('%s of %s, %s', (type, _inner, engine, model) => {
    const memory = EngineMemory.create();
    const own = [1, 2, 3].map((id) => EngineMap.create(memory, model, { id }));
    const inner = { find: (id: number) => own[id - 1], use: () => {}, release: () => {} };
    const map = EngineMap.create(memory, outer(type, model), { id: 9, inner });
    const run = trustedProgram(memory, PROGRAM, [map], engine);
    const { keySize, valueSize, maxEntries, flags } = model;
    const shape = { type: mapType(model.type).id, keySize, valueSize, maxEntries, flags };
    const theirs = own.map(() => linux.mapCreate(shape));
    using theirMap = linux.mapCreate({
      type: mapType(type).id,
      keySize: 4,
      valueSize: 4,
      maxEntries: 4,
      inner: theirs[0]!,
    });
    const insns = asmProgram('xdp', PROGRAM, []).insns;
    const load = linux.progLoad({ type: 6, insns, license: 'GPL', maps: [theirMap], logLevel: 1 });
    if (!load.ok) throw new Error(load.log);
    using program = load.program;
    const put = (key: number, which: number): void => {
      map.update(u32(key), u32(which + 1));
      linux.mapUpdate(theirMap, u32(key), u32(theirs[which]!.fd));
    };
    const same = (): void => {
      const { returnValue } = linux.progTestRun(program, { data: new Uint8Array(64) });
      expect(Number(BigInt.asUintN(32, run()))).toBe(returnValue);
      own.forEach((one, i) => {
        expect(one.lookup(u32(1))).toEqual(linux.mapLookup(theirs[i]!, u32(1), 8));
      });
    };
    same();
    put(0, 0);
    put(3, 1);
    same();
    put(0, 2);
    put(1, 0);
    same();
    map.delete(u32(3));
    linux.mapDelete(theirMap, u32(3));
    same();
    for (const one of theirs) one.close();
  });
});

/** Ids of the maps that there are, without keeping them. */
async function liveIds(engine: Engine): Promise<number[]> {
  const maps = await engine.maps();
  for (const map of maps) await map.close();
  return maps.map(({ id }) => id);
}

test('an inner map lives while an outer one holds it, and no longer', async () => {
  const engine = await Engine.create();
  const used = engine.memory.used;
  const map = await engine.createMap(outer('hash_of_maps', spec('hash')));
  const first = await engine.createMap(spec('hash'));
  const second = await engine.createMap(spec('hash'));
  await first.update(u32(1), u64(11));
  await map.update(u32(7), u32(first.id));
  await first.close();
  const again = await engine.mapById(first.id);
  expect(await again.lookup(u32(1))).toEqual(u64(11));
  await again.close();
  await map.update(u32(7), u32(second.id));
  await expect(engine.mapById(first.id)).rejects.toThrow(`there is no map with id ${first.id}`);
  await second.close();
  expect(await liveIds(engine)).toEqual([map.id, second.id]);
  await map.close();
  expect(await liveIds(engine)).toEqual([]);
  expect(engine.memory.used).toBe(used);
});

test.each(['array_of_maps', 'hash_of_maps'])(
  '%s and what is in it outlive the process when pinned',
  async (type) => {
    const engine = await Engine.create();
    const map = await engine.createMap(outer(type, spec('hash')));
    const inside = await engine.createMap(spec('hash'));
    await inside.update(u32(1), u64(11));
    await map.update(u32(2), u32(inside.id));
    await engine.pin(map, '/sys/fs/bpf/outer');
    const later = await Engine.restore(engine.snapshot());
    const restored = await later.mapById(map.id);
    expect(await restored.lookup(u32(2))).toEqual(u32(inside.id));
    const found = await later.mapById(inside.id);
    expect(await found.lookup(u32(1))).toEqual(u64(11));
    await found.close();
    await later.unpin('/sys/fs/bpf/outer');
    await restored.close();
    expect(await liveIds(later)).toEqual([]);
  },
);

test('a map that is not like the model, and a number that names no map, are refused with the reason', () => {
  const memory = EngineMemory.create();
  const wrong = EngineMap.create(memory, spec('hash', { valueSize: 16 }), { id: 5 });
  const inner = { find: (id: number) => (id === 5 ? wrong : undefined), use: () => {}, release: () => {} };
  const map = EngineMap.create(memory, outer('array_of_maps', spec('hash')), { id: 1, inner });
  expect(() => map.update(u32(0), u32(5))).toThrow('Map 1 (m): the map is not like the one it was made for');
  expect(() => map.update(u32(0), u32(6))).toThrow('Map 1 (m): the value names no program, map or event.');
  expect(() => EngineMap.create(memory, spec('hash_of_maps', { valueSize: 4 }), { id: 2 })).toThrow(
    'Map m cannot be made: a map of maps needs an inner map to say what all in it are like.',
  );
});
