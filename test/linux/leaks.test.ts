import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpfAvailability } from '../../src/linux/bpf.js';
import { LinuxKernel } from '../../src/linux/index.js';
import { asmProgram } from '../support/asm-program.js';
import { enterPrivateNamespaces } from '../support/linux-namespaces.js';
import { churn, type Holdings, holdings } from './churn.js';

const { available, reason } = bpfAvailability();
if (available) enterPrivateNamespaces();

/** The whole of it: `SKEP_CHURN=10000 npx vitest run test/linux`. */
const TURNS = Number(process.env['SKEP_CHURN'] ?? 300);
const PATIENCE_MS = process.env['SKEP_CHURN'] === undefined ? 10_000 : 3_600_000;
const NAME = `churn${process.pid}`;
const SWITCHER = 'node_modules/.cache/skep-switcher.mjs';

describe.skipIf(!available)(`nothing is left behind on Linux ${reason}`, () => {
  let kernel: LinuxKernel;
  beforeAll(() => {
    kernel = LinuxKernel.open();
  });
  afterAll(() => kernel.close());

  test(
    `by ${TURNS} maps, programs and links that were made and given up`,
    async () => {
      await churn(kernel, NAME, 5, Number.POSITIVE_INFINITY);
      const before = await settled(kernel);
      expect(before).toMatchObject({ programs: 0, maps: 0 });
      expect(await churn(kernel, NAME, TURNS, Date.now() + PATIENCE_MS)).toBeGreaterThan(20);
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

  describe('by a kill while programs are replaced', () => {
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

    test('the device has the old program or the new one, and the kept link can be detached', async () => {
      for (let round = 0; round < 4; round++) {
        const child = spawn(process.execPath, [SWITCHER], { stdio: ['ignore', 'pipe', 'inherit'] });
        const ids = await firstLine(child);
        await sleep(20 + round * 13);
        child.kill('SIGKILL');
        await new Promise((resolve) => child.once('close', resolve));
        const [link, ...others] = await kernel.links().then((all) => ownOnes(all));
        expect(others).toEqual([]);
        const { programId, target } = await link!.info();
        expect(target).toEqual({ kind: 'xdp', iface: 'eth0' });
        expect(ids).toContain(programId);
        await link!.detach();
        expect(await ipLink()).not.toContain('xdp');
        expect(await kernel.pins()).toEqual([]);
      }
    });
  });

  async function ownOnes(links: Awaited<ReturnType<LinuxKernel['links']>>) {
    const infos = await Promise.all(links.map((link) => link.info()));
    return links.filter((_, index) => {
      const target = infos[index]?.target;
      return target?.kind === 'xdp' && target.iface === 'eth0';
    });
  }
});

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

function ipLink(): Promise<string> {
  return new Promise((resolve) => {
    execFile('ip', ['link', 'show', 'eth0'], (_, stdout) => resolve(stdout));
  });
}
