import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBuilt } from './support/cli.js';

const folder = join(mkdtempSync(join(tmpdir(), 'skep-firewall-')), 'firewall');

/** Runs a Node program in the copied project. */
function run(...args: readonly string[]): { status: number | null; output: string } {
  const env = { ...process.env, NO_COLOR: '1', VITEST: undefined };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, output: `${stdout}${stderr}` };
}

describe('the example project examples/firewall, in a folder of its own', () => {
  beforeAll(async () => {
    await ensureBuilt();
    cpSync('examples/firewall', folder, { recursive: true });
    // What `npm install` would put there.
    mkdirSync(join(folder, 'node_modules/@yowasp'), { recursive: true });
    symlinkSync(resolve('.'), join(folder, 'node_modules/skep'));
    for (const name of ['vitest', '@yowasp/clang'])
      symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
  }, 180_000);
  afterAll(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

  test('passes its tests with vitest and writes its coverage', () => {
    const { status, output } = run('node_modules/vitest/vitest.mjs', 'run');
    expect(output).toContain('6 passed');
    expect(status).toBe(0);
    const coverage = readFileSync(join(folder, 'coverage.lcov'), 'utf8');
    expect(coverage).toMatch(/^TN:\nSF:firewall.bpf.c\n/);
    const [, found, hit] = /\nLF:(\d+)\nLH:(\d+)\n/.exec(coverage) ?? [];
    expect(Number(hit)).toBeGreaterThan(0.9 * Number(found));
  }, 120_000);

  test('has types for the matchers and the mocks', () => {
    writeFileSync(
      join(folder, 'types.ts'),
      `import { ethernet, packet, TestKernel } from 'skep/test';
import 'skep/test/vitest';
import { expect, vi } from 'vitest';
const kernel = await TestKernel.create();
kernel.mock('bpf_map_lookup_elem', null);
// @ts-expect-error a number is no pointer
kernel.mock('bpf_map_lookup_elem', 1);
const object = await kernel.load(new Uint8Array());
const run = await object.run('firewall', packet(ethernet()));
expect(run).toReturn('XDP_DROP');
expect(run).not.toLeavePacketAlone();
// @ts-expect-error a packet is bytes
expect(run).toLeavePacket('packet');
await expect(object.map('blocked')).toHaveMap({ '10.0.0.1': 1n });
expect(vi.fn()).toReturn();
`,
    );
    const options =
      '--strict --skipLibCheck --noEmit --module nodenext --target es2022 --lib es2023,esnext.disposable,dom';
    const tsc = resolve('node_modules/typescript/bin/tsc');
    expect(run(tsc, ...options.split(' '), '--types', '', 'types.ts')).toEqual({ status: 0, output: '' });
  });

  test('passes its tests with node --test, and fails them when the program is wrong', () => {
    const tests = ['--test', 'test/firewall.node-test.js'];
    expect(run(...tests)).toMatchObject({ status: 0 });
    const source = join(folder, 'firewall.bpf.c');
    writeFileSync(source, readFileSync(source, 'utf8').replace('return verdict;', 'return XDP_DROP;'));
    const { status, output } = run(...tests);
    expect(output).toContain('firewall was to return XDP_PASS, and returned XDP_DROP (1)');
    expect(status).toBe(1);
  }, 120_000);
});
