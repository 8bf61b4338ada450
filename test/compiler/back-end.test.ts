import { describe, expect, test } from 'vitest';
import { compileBitcode } from '../../src/compiler/back-end.js';
import { Engine, load, parseObject } from '../../src/index.js';
import { bpfAvailability } from '../../src/linux/bpf.js';
import { typesText } from './cases/types-text.js';
import { compareSeeds, EVERYWHERE, FAULTS } from './fuzz/compare.js';
import { clangBitcode, clangObject, installed } from './llvm.js';

const clang = installed('clang-19');

describe.skipIf(!clang)(`C through skep's back end${clang ? '' : ': clang-19 is not installed'}`, () => {
  test('random programs compute what clang’s code computes', { timeout: 300_000 }, async () => {
    const runners = bpfAvailability().available ? EVERYWHERE.runners : (['jit', 'interpreter'] as const);
    const outcomes = new Map<string, number>();
    for (const [batch, cpu] of (['v1', 'v2', 'v3', 'v4'] as const).entries()) {
      const seeds = Array.from({ length: 8 }, (_, at) => 1 + batch * 8 + at);
      for (const { outcome, detail, seed } of await compareSeeds(seeds, cpu, { runners })) {
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        if (FAULTS.has(outcome)) expect(outcome, `seed ${seed} ${cpu}\n${detail}`).toBe('same');
      }
    }
    expect(outcomes.get('same') ?? 0).toBeGreaterThan(24);
  });

  test.each(['tools/syn/syn.bpf.c', 'examples/tcp_syn_tracer/tcp_syn_tracer.bpf.c'])(
    '%s has the maps, programs and types that clang gives it, and passes the verifier',
    { timeout: 60_000 },
    async (source) => {
      const object = compileBitcode(await clangBitcode('clang-19', source));
      const ours = parseObject(object);
      const theirs = parseObject(await clangObject('clang-19', source));
      expect(ours.maps.map(shapeOf)).toEqual(theirs.maps.map(shapeOf));
      expect(ours.programs.map(({ name, section }) => [name, section])).toEqual(
        theirs.programs.map(({ name, section }) => [name, section]),
      );
      expect(typesText(ours)).toEqual(typesText(theirs));
      const engine = await Engine.create();
      try {
        await load(ours, engine);
      } finally {
        await engine.close();
      }
    },
  );
});

type Spec = ReturnType<typeof parseObject>;

function shapeOf({ name, type, keySize, valueSize, maxEntries, flags }: Spec['maps'][number]) {
  return { name, type, keySize, valueSize, maxEntries, flags };
}
