import { beforeEach, describe, expect, test } from 'vitest';
import { assemble, type Insn } from '../../isa/index.js';
import type { MapSpec } from '../../object/spec.js';
import type { Executable } from '../abi.js';
import { bindingFor } from '../helpers/bindings.js';
import { interpret } from '../interp/index.js';
import { EngineMap } from '../maps.js';
import { EngineMemory } from '../memory.js';
import { compileToWasm, instantiate } from './index.js';

const LOOKUP = 'r2 = r10\nr2 += -4\nr1 = map[m]\ncall 1\n';

let memory: EngineMemory;
beforeEach(() => {
  memory = EngineMemory.create({ maximumPages: 256, cpus: 2 });
});

function makeMap(type: string, shape: Partial<MapSpec> = {}): EngineMap {
  const spec: MapSpec = {
    name: 'm',
    type,
    keySize: 4,
    valueSize: 12,
    maxEntries: 5,
    flags: 0,
    pinning: 'none',
    ...shape,
  };
  return EngineMap.create(memory, spec, { id: 1, programSlot: (id) => id });
}

function assembleWithMap(text: string): Insn[] {
  return assemble(text, { symbol: () => ({ pseudo: 'map_idx', low: 0 }) });
}

function executable(text: string, map: EngineMap): Executable {
  return {
    insns: assembleWithMap(text),
    functions: [0],
    maps: [map.binding],
    helper: (id, facts) => bindingFor(id, { programType: 'xdp', ...(facts && { map: facts }) }),
    facts: undefined,
    sandbox: false,
  };
}

function link(text: string, map: EngineMap) {
  const program = compileToWasm(executable(text, map), { sharedMemory: memory.shared, maximumPages: 256 });
  return {
    program,
    instance: instantiate(program, { env: memory.env, runtime: memory.runtime, host: {} }),
  };
}

/** r0 of both engines, which must agree. */
function run(text: string, map: EngineMap, ctx = 0n): bigint {
  const compiled = link(text, map).instance.run(ctx);
  const interpreted = interpret(executable(text, map), {
    memory: memory.memory,
    r1: ctx,
    stackTop: memory.stackPointer.value,
    budget: 10000,
    runtime: memory.runtime,
  });
  expect(interpreted).toBe(compiled);
  return compiled;
}

function key(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}
function value(first: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at === 0 ? first : 0));
}

describe.each(['array', 'percpu_array', 'hash', 'percpu_hash', 'lru_hash'])(
  'a lookup in a map of type %s',
  (type) => {
    test.each([0, 3, 4, 5, 0x80000000, 0xffffffff])('finds key %i when it is there', (wanted) => {
      const map = makeMap(type);
      const present = type.endsWith('array') ? wanted < 5 : wanted >= 4;
      for (const there of type.endsWith('array') ? [0, 3, 4] : [4, 5, 0x80000000, 0xffffffff]) {
        map.update(key(there), value(there % 200 || 7, map.valueBytes));
      }
      const text = `*(u32 *)(r10 - 4) = ${wanted | 0}\n${LOOKUP}if r0 == 0 goto +1\nr0 = *(u8 *)(r0 + 0)\nexit`;
      expect(run(text, map)).toBe(present ? BigInt(wanted % 200 || 7) : 0n);
    });

    test('sees the current CPU only where values are per CPU', () => {
      const map = makeMap(type);
      const both = new Uint8Array(map.valueBytes);
      both[0] = 11;
      if (map.type.perCpu) both[16] = 22;
      map.update(key(1), both);
      const text = `*(u32 *)(r10 - 4) = 1\n${LOOKUP}if r0 == 0 goto +1\nr0 = *(u8 *)(r0 + 0)\nexit`;
      expect(run(text, map)).toBe(11n);
      memory.cpu = 1;
      expect(run(text, map)).toBe(map.type.perCpu ? 22n : 11n);
    });

    test('takes its key from memory that is no slot', () => {
      const map = makeMap(type);
      map.update(key(2), value(9, map.valueBytes));
      const at = memory.alloc(8);
      memory.write(at, key(2));
      const text = 'r2 = r1\nr1 = map[m]\ncall 1\nif r0 == 0 goto +1\nr0 = *(u8 *)(r0 + 0)\nexit';
      expect(run(text, map, BigInt(at))).toBe(9n);
    });
  },
);

test('a hash chain of colliding keys is walked to its end', () => {
  const map = makeMap('hash', { maxEntries: 200 });
  for (let at = 0; at < 200; at++) map.update(key(at), value(at, 12));
  for (let at = 0; at < 210; at++) {
    const text = `*(u32 *)(r10 - 4) = ${at}\n${LOOKUP}if r0 == 0 goto +1\nr0 = *(u8 *)(r0 + 0)\nexit`;
    expect(run(text, map)).toBe(at < 200 ? BigInt(at) : 0n);
  }
});

test('only a lookup that is not written out needs the runtime', () => {
  const text = `*(u32 *)(r10 - 4) = 1\n${LOOKUP}r0 = 0\nexit`;
  const imports = (map: EngineMap) => link(text, map).program.imports.map(({ name }) => name);
  expect(imports(makeMap('array'))).toEqual([]);
  for (const type of ['hash', 'percpu_hash', 'lru_hash']) expect(imports(makeMap(type))).toEqual([]);
  expect(imports(makeMap('hash', { keySize: 8 }))).toEqual(['hash_lookup_8']);
});

test('a lookup saves an entry of an LRU map from being thrown out', () => {
  const map = makeMap('lru_hash', { maxEntries: 100 });
  for (let at = 0; at < 100; at++) map.update(key(at), value(at, 12));
  // Everything was inserted, nothing looked up: the first round of the search takes the marks away.
  map.update(key(1000), value(1, 12));
  const survivor = 90;
  const { instance } = link(`*(u32 *)(r10 - 4) = ${survivor}\n${LOOKUP}r0 = 0\nexit`, map);
  for (let at = 0; at < 95; at++) {
    instance.run(0n);
    map.update(key(2000 + at), value(1, 12));
  }
  expect(map.lookup(key(survivor))).toEqual(value(survivor, 12));
});

test('a helper that reads a key and a value leaves the rest of the frame in locals', () => {
  const map = makeMap('hash', { keySize: 8 });
  const bytes = (rest: string): number =>
    link(
      `*(u64 *)(r10 - 8) = 1\n*(u64 *)(r10 - 24) = 1\n*(u64 *)(r10 - 32) = r1\n${rest}
      r2 = r10\nr2 += -8\nr1 = map[m]\ncall 1\nr0 = *(u64 *)(r10 - 32)\nexit`,
      map,
    ).program.frameBytes;
  expect(bytes('r3 = 0')).toBe(16);
  expect(bytes('*(u64 *)(r10 - 16) = r10')).toBe(512);
});

test('an update gets key and value from the frame in memory', () => {
  const map = makeMap('hash', { valueSize: 8 });
  const text = `
    *(u32 *)(r10 - 4) = 77
    *(u64 *)(r10 - 16) = 5
    r2 = r10
    r2 += -4
    r3 = r10
    r3 += -16
    r4 = 0
    r1 = map[m]
    call 2
    ${LOOKUP}
    if r0 == 0 goto +1
    r0 = *(u64 *)(r0 + 0)
    exit`;
  expect(run(text, map)).toBe(5n);
  expect(map.lookup(key(77))).toEqual(value(5, 8));
});

describe('tail calls', () => {
  /** A program that counts in the context and calls itself, `index` being where it stands in the array. */
  const COUNTING = (index: number) => `
    r6 = r1
    r2 = *(u32 *)(r1 + 0)
    r2 += 1
    *(u32 *)(r1 + 0) = r2
    r0 = 55
    r2 = map[m]
    r3 = ${index}
    call 12
    r0 = *(u32 *)(r6 + 0)
    exit`;

  test('33 may follow each other, and every run counts anew', () => {
    const map = makeMap('prog_array', { valueSize: 4 });
    const { instance } = link(COUNTING(2), map);
    memory.table.set(3, instance.tail);
    map.update(key(2), key(3));
    const ctx = memory.alloc(8);
    for (let times = 0; times < 3; times++) {
      memory.write(ctx, new Uint8Array(8));
      expect(instance.run(BigInt(ctx))).toBe(34n);
    }
  });

  test.each([
    ['an empty slot', 1],
    ['a slot beyond the end', 5],
    ['an index of -1', -1],
  ])('%s lets the program go on', (_, index) => {
    const { instance } = link(COUNTING(index), makeMap('prog_array', { valueSize: 4 }));
    const ctx = memory.alloc(8);
    memory.write(ctx, new Uint8Array(8));
    expect(instance.run(BigInt(ctx))).toBe(1n);
  });

  test('a subprogram hands its place to the target, which returns to the caller', () => {
    const map = makeMap('prog_array', { valueSize: 4 });
    const target = link('r0 = 7\nexit', map);
    memory.table.set(4, target.instance.tail);
    map.update(key(0), key(4));
    const text = 'r6 = 100\ncall f\nr0 += r6\nexit\nf: r2 = map[m]\nr3 = 0\ncall 12\nr0 = 1\nexit';
    expect(link(text, map).instance.run(0n)).toBe(107n);
    expect(memory.stackPointer.value).toBe(EngineMemory.create({ cpus: 2 }).stackPointer.value);
  });
});

describe('LD_ABS and LD_IND', () => {
  test.each([
    ['r0 = *(u8 *)skb[0]', 1n],
    ['r0 = *(u16 *)skb[1]', 0x0203n],
    ['r0 = *(u32 *)skb[4]', 0x05060708n],
    ['r0 = *(u32 *)skb[5]', 0n],
    ['r0 = *(u8 *)skb[-1]', 0n],
    ['r1 = 2\nr0 = *(u16 *)skb[r1 + 1]', 0x0405n],
  ])('%s', (load, r0) => {
    const skb = memory.alloc(256);
    memory.bytes.fill(0, skb, skb + 256);
    const data = memory.alloc(8);
    memory.write(data, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    memory.view.setUint32(skb + 76, data, true);
    memory.view.setUint32(skb + 80, data + 8, true);
    expect(run(`r6 = r1\n${load}\nexit`, makeMap('array'), BigInt(skb))).toBe(r0);
  });
});
