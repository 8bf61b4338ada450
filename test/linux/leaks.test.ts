import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Pin } from '../../src/kernel/kernel.js';
import { bpfAvailability } from '../../src/linux/bpf.js';
import { LinuxKernel } from '../../src/linux/index.js';
import { asmProgram } from '../support/asm-program.js';
import { enterPrivateNamespaces } from '../support/linux-namespaces.js';
import { churn, type Holdings, holdings } from './churn.js';
import { ownCgroup, places } from './places.js';

const { available, reason } = bpfAvailability();
if (available) enterPrivateNamespaces();

/** The whole of it: `SKEP_CHURN=10000 npx vitest run test/linux`. */
const TURNS = Number(process.env['SKEP_CHURN'] ?? 300);
const PATIENCE_MS = process.env['SKEP_CHURN'] === undefined ? 10_000 : 3_600_000;
const NAME = `churn${process.pid}`;
const SWITCHER = 'node_modules/.cache/skep-switcher.mjs';

describe.skipIf(!available)(`nothing is left behind on Linux ${reason}`, () => {
  let kernel: LinuxKernel;
  let group: ReturnType<typeof ownCgroup>;
  beforeAll(() => {
    kernel = LinuxKernel.open();
    group = ownCgroup(`skep-leaks-${process.pid}`);
  });
  afterAll(async () => {
    await kernel.close();
    group.end();
  });

  test(
    `by ${TURNS} maps, programs and links that were made and given up`,
    async () => {
      await churn(kernel, NAME, group.path, 6, Number.POSITIVE_INFINITY);
      const before = await settled(kernel);
      expect(before).toMatchObject({ programs: 0, maps: 0 });
      expect(await churn(kernel, NAME, group.path, TURNS, Date.now() + PATIENCE_MS)).toBeGreaterThan(20);
      const after = await settled(kernel);
      expect(after).toEqual(before);
    },
    PATIENCE_MS + 60_000,
  );

  test('by a load or an attachment that fails', async () => {
    const program = { ...asmProgram('xdp', 'r0 = 2\nexit', []), name: NAME };
    const bad = { ...asmProgram('xdp', 'exit', []), name: NAME };
    const fail = async () => {
      await expect(kernel.loadProgram(bad)).rejects.toThrow('R0 !read_ok');
      const loaded = await kernel.loadProgram(program);
      await expect(kernel.attach(loaded, { kind: 'xdp', iface: 'none' })).rejects.toThrow(
        'no network device',
      );
      await expect(kernel.pinned('/sys/fs/bpf/none')).rejects.toThrow('nothing is pinned');
      await loaded.close();
    };
    await fail();
    const before = await holdings(kernel, NAME);
    for (let turn = 0; turn < 20; turn++) await fail();
    expect((await holdings(kernel, NAME)).descriptors).toBe(before.descriptors);
  });

  describe('by a kill', () => {
    beforeAll(async () => {
      mkdirSync('node_modules/.cache', { recursive: true });
      await build({
        entryPoints: ['test/linux/switcher.ts'],
        outfile: SWITCHER,
        bundle: true,
        format: 'esm',
        platform: 'node',
        target: 'node20',
        external: ['koffi'],
        logLevel: 'error',
      });
    });

    const PLACES = places('').map(({ name }) => name);

    test.each(PLACES)(
      'while programs are replaced: the old one or the new one runs, and can be detached (%s)',
      async (place) => {
        const ids = await killed('replace', place, 40);
        const [link, ...others] = await linksOf(ids);
        expect(others).toEqual([]);
        expect(pinsOfLinks(await kernel.pins())).toEqual([link!.id]);
        await link!.detach();
        expect(await linksOf(ids)).toEqual([]);
        expect(await kernel.pins()).toEqual([]);
      },
    );

    test.each(PLACES)(
      'while it attaches: nothing, or a link that is kept, and can be detached (%s)',
      async (place) => {
        for (const pause of [15, 40]) {
          const ids = await killed('attach', place, pause);
          const links = await linksOf(ids);
          expect(links.length).toBeLessThanOrEqual(1);
          expect(pinsOfLinks(await kernel.pins())).toEqual(links.map(({ id }) => id));
          for (const link of links) await link.detach();
          expect([await linksOf(ids), await kernel.pins()]).toEqual([[], []]);
        }
      },
    );

    /** @returns the ids of the two programs of a process that was killed at its work. */
    async function killed(what: 'attach' | 'replace', place: string, pause: number): Promise<number[]> {
      const stdio = ['ignore', 'pipe', 'inherit'] as const;
      const child = spawn(process.execPath, [SWITCHER, what, place, group.path], { stdio: [...stdio] });
      const ids = await firstLine(child);
      await sleep(pause);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
      return ids;
    }
  });

  /** Links end a moment after their last user, unless they are pinned. */
  async function linksOf(programs: readonly number[]) {
    for (let left = 50; ; left--) {
      const links = await kernel.links();
      const infos = await Promise.all(links.map((link) => link.info()));
      const own = links.filter((_, index) => programs.includes(infos[index]?.programId ?? -1));
      const pinned = pinsOfLinks(await kernel.pins());
      if (left === 0 || own.every(({ id }) => pinned.includes(id))) return own;
      for (const link of links) await link.close();
      await sleep(20);
    }
  }
});

const pinsOfLinks = (pins: readonly Pin[]): number[] =>
  pins.filter(({ kind }) => kind === 'link').map(({ id }) => id);

/** The kernel gives maps and programs back a moment after their last user. */
async function settled(kernel: LinuxKernel): Promise<Holdings> {
  let now = await holdings(kernel, NAME);
  for (let left = 100; left > 0 && now.programs + now.maps > 0; left--) {
    await sleep(20);
    now = await holdings(kernel, NAME);
  }
  return now;
}

/** The ids of the two programs between which the child switches. */
function firstLine(child: ChildProcess): Promise<number[]> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (text) => resolve(String(text).trim().split(' ').map(Number)));
    child.once('exit', (code) => reject(new Error(`the switcher ended with ${code}`)));
  });
}
