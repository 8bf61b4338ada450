import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ChildScript, childScript } from '../../../test/support/bundle.js';
import { lockHolder, RootLock, tryLock } from './lock.js';
import { ownIdentity } from './process.js';
import { openRoot, Root } from './root.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skep-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const writeLock = (content: object): void => {
  writeFileSync(join(folder, 'lock.1'), JSON.stringify({ ...ownIdentity(), ...content }));
  writeFileSync(join(folder, 'epoch'), '1');
};

describe('the lock of a root', () => {
  test('is held by one at a time', () => {
    const first = tryLock(folder);
    expect(first).toBeInstanceOf(RootLock);
    expect(tryLock(folder)).toMatchObject({ pid: process.pid });
    (first as RootLock).release();
    expect(tryLock(folder)).toBeInstanceOf(RootLock);
  });

  test('leaves one lock file behind, however often it is taken', () => {
    for (let i = 0; i < 5; i++) (tryLock(folder) as RootLock).release();
    expect(readdirSync(folder).sort()).toEqual(['epoch', 'lock.5']);
    expect(lockHolder(folder)).toBeUndefined();
  });

  test('of a process that ended is no obstacle', () => {
    writeLock({ pid: 2 ** 22 + 1 });
    expect(tryLock(folder)).toBeInstanceOf(RootLock);
  });

  test.skipIf(process.platform !== 'linux')(
    'of a dead process whose id a later one has is no obstacle (Linux only: start times)',
    () => {
      writeLock({ started: 'earlier' });
      expect(tryLock(folder)).toBeInstanceOf(RootLock);
    },
  );

  test('of a process in another container is respected', () => {
    writeLock({ space: 'elsewhere' });
    expect(tryLock(folder)).toMatchObject({ space: 'elsewhere' });
  });

  test.each(['', '{', 'null', '{"pid":-1}', '[]'])('that holds %j is nobody’s', (text) => {
    writeFileSync(join(folder, 'lock.1'), text);
    writeFileSync(join(folder, 'epoch'), '1');
    expect(tryLock(folder)).toBeInstanceOf(RootLock);
  });

  test('outlives an epoch that a power cut emptied', () => {
    (tryLock(folder) as RootLock).release();
    writeFileSync(join(folder, 'epoch'), '');
    const lock = tryLock(folder);
    expect(lock).toMatchObject({ generation: 2 });
  });

  test('tells where the holder serves', () => {
    (tryLock(folder) as RootLock).announce('/tmp/x');
    expect(lockHolder(folder)).toMatchObject({ pid: process.pid, socket: '/tmp/x' });
  });

  test('taken for too long by another says who has it', async () => {
    tryLock(folder);
    await expect(openRoot(folder, 0, 20)).rejects.toMatchObject({
      code: 'ROOT_BUSY',
      message: `process ${process.pid} has had the root ${folder} open for more than 0.02 s`,
    });
  });

  test('is waited for', async () => {
    const first = tryLock(folder) as RootLock;
    setTimeout(() => first.release(), 30);
    expect(await openRoot(folder, 0, 2000)).toBeInstanceOf(Root);
  });
});

describe('several processes', () => {
  let script: ChildScript;
  beforeAll(() => {
    // Counts in a file what it does under the lock, non-atomically: a race would lose counts.
    script = childScript(`
      import { readFileSync, writeFileSync } from 'node:fs';
      import { openRoot } from './src/engine/root/index.ts';
      const [folder, counter, times] = process.argv.slice(2);
      for (let i = 0; i < Number(times); i++) {
        const root = await openRoot(folder);
        const n = Number(readFileSync(counter, 'utf8'));
        const until = performance.now() + Math.random() * 2;
        while (performance.now() < until);
        writeFileSync(counter, String(n + 1));
        if (i + 1 < Number(times)) root.close(); // the last time it ends without a word
      }
    `);
  });
  afterAll(() => script.dispose());

  const start = (counter: string, times: number): ChildProcess =>
    spawn(process.execPath, [script.path, folder, counter, String(times)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });

  test('that all find a dead holder never hold the lock together', async () => {
    writeLock({ pid: 2 ** 22 + 1 });
    const counter = join(tmpdir(), `skep-counter-${process.pid}`);
    writeFileSync(counter, '0');
    try {
      const children = Array.from({ length: 5 }, () => start(counter, 40));
      const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
      expect(codes).toEqual([0, 0, 0, 0, 0]);
      expect(readFileSync(counter, 'utf8')).toBe('200');
    } finally {
      rmSync(counter);
    }
  });
});
