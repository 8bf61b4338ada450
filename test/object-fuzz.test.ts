import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coreRelocate, formatC, readBtf, readBtfExt, readValue, writeBtf } from '../src/btf/index.js';
import { readElf } from '../src/elf/index.js';
import { SkepError } from '../src/errors/base.js';
import { parseObject, relocate } from '../src/object/index.js';

/** Hostile objects: only typed errors, in bounded time. Set SKEP_FUZZ_RUNS for a longer search. */
const RUNS = Number(process.env['SKEP_FUZZ_RUNS'] ?? 150);
const SEED = Number(process.env['SKEP_FUZZ_SEED'] ?? Date.now() & 0x7fff_ffff);
const MILLISECONDS = 4000;

const DIRECTORY = 'test/cases/objects';
const objects = readdirSync(DIRECTORY)
  .filter((name) => name.endsWith('.o'))
  .map((name) => {
    const bytes = new Uint8Array(readFileSync(`${DIRECTORY}/${name}`));
    return { name, bytes, regions: regionsOf(bytes) };
  });

interface Region {
  readonly offset: number;
  readonly size: number;
}

/** The parts that are read: everything but DWARF, which is most of a file, and the headers. */
function regionsOf(bytes: Uint8Array): Region[] {
  const { sections, littleEndian } = readElf(bytes);
  const table = Number(new DataView(bytes.buffer).getBigUint64(40, littleEndian));
  return [
    { offset: 0, size: 64 },
    { offset: table, size: bytes.length - table },
    ...sections.filter(({ name, data }) => !/^\.(rel)?\.?debug/.test(name) && data.length > 0),
  ];
}

/** Changes of a few bytes to values that matter, and cuts. */
const damage = fc.record({
  object: fc.integer({ min: 0, max: objects.length - 1 }),
  edits: fc.array(
    fc.record({
      region: fc.nat({ max: 1000 }),
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      value: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)),
      length: fc.constantFrom(1, 1, 2, 4, 8),
      aligned: fc.boolean(),
    }),
    { maxLength: 6 },
  ),
  cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 9 }),
});
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(
  whole: Uint8Array,
  { edits, cut }: Pick<Damage, 'edits' | 'cut'>,
  regions: readonly Region[] = [{ offset: 0, size: whole.length }],
): Uint8Array {
  const bytes = whole.slice(0, cut === null ? whole.length : Math.floor(whole.length * cut));
  for (const { region, at, value, length, aligned } of edits) {
    const { offset, size } = regions[region % regions.length] ?? { offset: 0, size: 0 };
    const start = offset + Math.floor(at * size);
    bytes.fill(value, aligned ? start - (start % 8) : start, start + length);
  }
  return bytes;
}

/** Runs the whole path; what is thrown has to be a SkepError that says where. */
function survive(label: string, act: () => void): void {
  const start = performance.now();
  try {
    act();
  } catch (error) {
    if (!(error instanceof SkepError)) throw new Error(`${label}: ${String(error)}`, { cause: error });
    expect(error.message.length).toBeLessThan(1000);
  }
  expect(performance.now() - start, `${label} takes too long`).toBeLessThan(MILLISECONDS);
}

function everything(bytes: Uint8Array): void {
  const spec = parseObject(bytes, { name: 'fuzz' });
  for (const program of spec.programs) {
    survive('relocate', () =>
      relocate(program, {
        mapIndex: () => 0,
        ...(program.btf === undefined ? {} : { kernelBtf: program.btf }),
        ksym: () => 1n,
        kfunc: () => 1,
      }),
    );
  }
  if (spec.btf === undefined) return;
  const { btf } = spec;
  survive('writeBtf', () => writeBtf(btf));
  survive('formatC', () => formatC(btf));
  for (const map of spec.maps) {
    const { valueType, contents } = map;
    if (valueType !== undefined)
      survive('readValue', () =>
        readValue(btf, valueType, contents ?? new Uint8Array(Math.min(map.valueSize, 4096))),
      );
  }
}

const settings = { seed: SEED, numRuns: RUNS, endOnFailure: true };

describe(`hostile objects (seed ${SEED})`, () => {
  it('give typed errors only', () => {
    fc.assert(
      fc.property(damage, (change) => {
        const object = objects[change.object];
        if (object === undefined) return;
        survive(object.name, () => everything(damaged(object.bytes, change, object.regions)));
      }),
      settings,
    );
  });

  it('give typed errors only when just their BTF is damaged', () => {
    fc.assert(
      fc.property(damage, (change) => {
        const object = objects[change.object];
        if (object === undefined) return;
        const elf = readElf(object.bytes);
        const section = (name: string) => elf.sections.find((candidate) => candidate.name === name)?.data;
        const [btf, ext] = [section('.BTF'), section('.BTF.ext')];
        if (btf === undefined || ext === undefined) return;
        const bad = damaged(btf, change);
        survive(`${object.name} .BTF`, () => {
          const types = readBtf(bad);
          formatC(types);
          for (let id = 0; id < types.types.length; id++)
            survive('readValue', () => readValue(types, id, new Uint8Array(256)));
        });
        survive(`${object.name} .BTF.ext`, () => readBtfExt(damaged(ext, change), bad));
      }),
      settings,
    );
  });

  it('give typed errors only for CO-RE records of any content', () => {
    const core = objects.find(({ name }) => name === 'core.o');
    if (core === undefined) throw new Error('core.o is missing');
    const spec = parseObject(core.bytes);
    const program = spec.programs[0];
    if (spec.btf === undefined || program === undefined) throw new Error('core.o has no BTF');
    const { btf } = spec;
    const record = fc.record({
      insn: fc.integer({ min: 0, max: program.insns.length + 1 }),
      type: fc.integer({ min: 0, max: btf.types.length + 1 }),
      access: fc.oneof(
        fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 5 }).map((parts) => parts.join(':')),
        fc.string({ maxLength: 4 }),
      ),
      kind: fc.integer({ min: 0, max: 13 }),
    });
    fc.assert(
      fc.property(record, (relocation) => {
        survive(JSON.stringify(relocation), () =>
          coreRelocate([...program.insns], [relocation], { local: btf, kernel: btf, littleEndian: true }),
        );
      }),
      { ...settings, numRuns: RUNS * 10 },
    );
  });
});
