import { describe, expect, test } from 'vitest';
import { Engine } from '../../src/engine/engine.js';
import { KernelError } from '../../src/errors/errno.js';
import type { BpfMap, Kernel } from '../../src/kernel/kernel.js';
import { bpfAvailability } from '../../src/linux/bpf.js';
import { LinuxKernel } from '../../src/linux/index.js';
import { asmProgram } from '../support/asm-program.js';

/** Maps of devices, CPUs, sockets and cgroups: what user space may do with them, and what bpf_redirect_map answers. */
const { available, reason } = bpfAvailability();

const words = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);

type Step = readonly [
  what: 'update' | 'lookup' | 'delete' | 'nextKey',
  key?: number | undefined,
  value?: readonly number[],
  flags?: number,
];

/** The loopback device is number 1 everywhere, and nobody has so many that there is a number 77777. */
const LO = 1;
const NONE = 77777;

interface Case {
  readonly shape: { readonly type: string; readonly valueSize: number; readonly maxEntries: number };
  readonly steps: readonly Step[];
}

const indexed = (word: number): readonly Step[] => [
  ['lookup', 0],
  ['nextKey'],
  ['nextKey', 2],
  ['nextKey', 3],
  ['nextKey', 9],
  ['update', 1, [word]],
  ['lookup', 1],
  ['update', 1, [word], 1],
  ['update', 2, [word], 1],
  ['update', 2, [word], 2],
  ['update', 3, [word], 3],
  ['update', 4, [word]],
  ['update', 2, [0]],
  ['lookup', 2],
  ['lookup', 4],
  ['delete', 1],
  ['delete', 1],
  ['delete', 4],
  ['lookup', 1],
];
const withProgram = (steps: readonly Step[], program: number): readonly Step[] =>
  steps.map(
    ([what, key, value, flags = 0]): Step =>
      value === undefined ? [what, key as number] : [what, key as number, [...value, program], flags],
  );

const CASES: readonly Case[] = [
  { shape: { type: 'devmap', valueSize: 4, maxEntries: 4 }, steps: [...indexed(LO), ['update', 0, [NONE]]] },
  { shape: { type: 'devmap', valueSize: 8, maxEntries: 4 }, steps: withProgram(indexed(LO), 0) },
  {
    shape: { type: 'devmap_hash', valueSize: 4, maxEntries: 3 },
    steps: [
      ['nextKey'],
      ['update', 500, [LO]],
      ['lookup', 500],
      ['nextKey'],
      ['nextKey', 500],
      ['update', 500, [LO], 1],
      ['update', 501, [LO], 2],
      ['update', 502, [LO], 1],
      ['update', 503, [LO]],
      ['update', 500, [LO]],
      ['update', 502, [LO], 3],
      ['update', 502, [NONE]],
      ['update', 502, [0]],
      ['delete', 500],
      ['delete', 500],
      ['lookup', 500],
    ],
  },
  {
    shape: { type: 'cpumap', valueSize: 4, maxEntries: 4 },
    steps: [
      ['update', 0, [192]],
      ['lookup', 0],
      ['update', 0, [16385]],
      ['update', 0, [16384]],
      ['update', 0, [5], 1],
      ['update', 0, [5], 3],
      ['update', 4, [5]],
      ['nextKey'],
      ['nextKey', 3],
      ['delete', 0],
      ['delete', 4],
      ['lookup', 0],
      ['lookup', 4],
      ['update', 0, [0]],
    ],
  },
  {
    shape: { type: 'cpumap', valueSize: 8, maxEntries: 2 },
    steps: [
      ['update', 0, [64, 0]],
      ['lookup', 0],
    ],
  },
  {
    shape: { type: 'xskmap', valueSize: 4, maxEntries: 2 },
    steps: [
      ['lookup', 0],
      ['update', 0, [9999]],
      ['update', 2, [9999]],
      ['update', 0, [9999], 3],
      ['delete', 0],
      ['delete', 2],
      ['nextKey'],
      ['nextKey', 1],
    ],
  },
  {
    shape: { type: 'cgroup_array', valueSize: 4, maxEntries: 2 },
    steps: [
      ['lookup', 0],
      ['update', 0, [9999]],
      ['update', 2, [9999]],
      ['update', 0, [9999], 1],
      ['delete', 0],
      ['delete', 2],
      ['nextKey'],
      ['nextKey', 0],
      ['nextKey', 1],
    ],
  },
];

/** What a step answers: bytes, nothing, or an errno. */
async function take(map: BpfMap, [what, key, value, flags = 0]: Step): Promise<string> {
  const at = key === undefined ? undefined : words(key);
  try {
    switch (what) {
      case 'update':
        await map.update(at as Uint8Array, words(...(value ?? [])), flags);
        return 'done';
      case 'delete':
        await map.delete(at as Uint8Array);
        return 'done';
      case 'lookup':
        return String(await map.lookup(at as Uint8Array));
      case 'nextKey':
        return String(await map.nextKey(at));
      default:
        return what satisfies never;
    }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return error.errno;
  }
}

async function answers(kernel: Kernel, { shape, steps }: Case): Promise<string[]> {
  const map = await kernel.createMap({ name: 'm', keySize: 4, flags: 0, pinning: 'none', ...shape });
  const found: string[] = [];
  for (const step of steps) found.push(`${step}: ${await take(map, step)}`);
  await map.close();
  await kernel.close();
  return found;
}

describe.skipIf(!available)(`as in Linux ${reason}`, () => {
  test.each(CASES.map((one) => [`${one.shape.type} of ${one.shape.valueSize} bytes`, one] as const))(
    '%s: every answer and errno',
    async (_name, one) => {
      expect(await answers(await Engine.create(), one)).toEqual(await answers(LinuxKernel.open(), one));
    },
  );

  test.each(['devmap', 'devmap_hash', 'cpumap', 'xskmap'])(
    'bpf_redirect_map on a %s: entries, none, flags',
    async (type) => {
      const calls = [0, 1, 3, 4].flatMap((key) =>
        [0, 1, 2, 3, 4, 8, 9, 24, 32].map((flags) => ({ key, flags })),
      );
      const answer = async (kernel: Kernel, run: { key: number; flags: number }): Promise<number> => {
        const map = await kernel.createMap({
          name: 'm',
          type,
          keySize: 4,
          valueSize: 4,
          maxEntries: 4,
          flags: 0,
          pinning: 'none',
        });
        if (type !== 'xskmap') await map.update(words(0), words(type === 'cpumap' ? 64 : LO));
        const text = `r1 = m0 ll\nr2 = ${run.key}\nr3 = ${run.flags}\ncall bpf_redirect_map\nexit`;
        const program = await kernel.loadProgram(asmProgram('xdp', text, [map]));
        const { returnValue } = await program.run({ data: new Uint8Array(64) });
        await program.close();
        await map.close();
        return returnValue;
      };
      for (const engine of ['jit', 'interpreter'] as const) {
        const [here, linux] = [await Engine.create({ engine }), LinuxKernel.open()];
        for (const run of calls)
          expect({ ...run, r0: await answer(here, run) }).toEqual({ ...run, r0: await answer(linux, run) });
        await linux.close();
      }
    },
  );
});
