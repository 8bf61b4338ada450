import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Engine } from '../engine/engine.js';
import { EMPTY_SNAPSHOT, pack, RootStore, unpack } from '../engine/root/index.js';
import type { EngineSnapshot } from '../engine/snapshot.js';
import { KernelError } from '../errors/errno.js';
import { ProgramRejected } from '../kernel/rejected.js';
import type { MapSpec } from '../object/spec.js';
import { RemoteKernel } from './client.js';
import { fromWire, toWire } from './errors.js';
import { openKernel } from './open.js';
import { KernelServer } from './server.js';

const COUNTS: MapSpec = {
  name: 'counts',
  type: 'hash',
  keySize: 4,
  valueSize: 8,
  maxEntries: 65536,
  flags: 0,
  mapExtra: 0n,
  pinning: 'none',
};
/** r0 = 2; exit */
const PASS = {
  name: 'pass',
  type: 'xdp',
  license: 'GPL',
  kernelVersion: 0,
  insns: [
    { opcode: 0xb7, dst: 0, src: 0, off: 0, imm: 2 },
    { opcode: 0x95, dst: 0, src: 0, off: 0, imm: 0 },
  ],
  maps: [],
  subprograms: [{ name: 'pass', start: 0, funcType: 0, linkage: 'global' as const }],
  lines: [],
  btf: undefined,
};
const key = (n: number): Uint8Array => new Uint8Array(new Uint32Array([n]).buffer);
const value = (n: number): Uint8Array => new Uint8Array(new BigUint64Array([BigInt(n)]).buffer);
const restore = (snapshot: EngineSnapshot): Promise<Engine> => Engine.restore(snapshot);

let folder: string;
let engine: Engine;
let server: KernelServer;
let remote: RemoteKernel;
let saves: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skep-remote-'));
  engine = await Engine.create();
  saves = 0;
  server = new KernelServer(engine, { persist: () => void saves++ });
  await server.listen(join(folder, 's'));
  remote = await RemoteKernel.connect(join(folder, 's'));
});
afterEach(async () => {
  await remote.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('a kernel in another process', () => {
  test('does with maps what the kernel itself does', async () => {
    const map = await remote.createMap(COUNTS);
    await map.update(key(1), value(5));
    expect(await map.lookup(key(1))).toEqual(value(5));
    expect(await map.lookup(key(2))).toBeUndefined();
    expect(await map.nextKey()).toEqual(key(1));
    expect(await map.nextKey(key(1))).toBeUndefined();
    await map.delete(key(1));
    expect(await map.lookup(key(1))).toBeUndefined();
    expect(await map.info()).toEqual(await (await engine.mapById(map.id)).info());
    await remote.pin(map, '/sys/fs/bpf/counts');
    expect(await remote.pins()).toEqual([{ path: '/sys/fs/bpf/counts', kind: 'map', id: map.id }]);
    expect((await remote.pinned('/sys/fs/bpf/counts')).id).toBe(map.id);
    await map.freeze();
    await expect(map.update(key(1), value(1))).rejects.toMatchObject({ errno: 'EPERM' });
  });

  test('lists any number of entries', async () => {
    const map = await remote.createMap(COUNTS);
    const own = await engine.mapById(map.id);
    for (let i = 0; i < 20_000; i++) await own.update(key(i), value(i));
    let sum = 0;
    for await (const [k, v] of map.entries()) {
      expect(new Uint32Array(k.buffer)[0]).toBe(Number(new BigUint64Array(v.buffer)[0]));
      sum++;
    }
    expect(sum).toBe(20_000);
  });

  test('loads, attaches and runs programs', async () => {
    const program = await remote.loadProgram(PASS);
    const link = await remote.attach(program, { kind: 'xdp', iface: 'eth0' });
    expect(await link.info()).toMatchObject({ programId: program.id, type: 'xdp' });
    expect((await program.xlated()).insns).toEqual(PASS.insns);
    expect((await program.run({ data: new Uint8Array(64) })).returnValue).toBe(2);
    await link.detach();
    expect(await engine.links()).toEqual([]);
  });

  test('throws what the kernel throws, with its facts and hint', async () => {
    const own = await engine.mapById(99).catch((error: unknown) => error as KernelError);
    const error = await remote.mapById(99).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(KernelError);
    const { errno, message, facts, hint } = own as KernelError;
    expect(error).toMatchObject({ errno, message, facts, hint });
  });

  test('throws the rejection of a program as data', () => {
    const rejection = {
      rule: 'uninit',
      insn: 3,
      message: 'R1 !read_ok',
      errno: 'EACCES' as const,
      facts: { n: 1n },
    };
    const rejected = new ProgramRejected('pass', rejection, 'the log');
    const carried = fromWire(unpack(pack(toWire(rejected))));
    expect(carried).toBeInstanceOf(ProgramRejected);
    expect(carried).toMatchObject({
      message: rejected.message,
      facts: rejected.facts,
      rejection,
      log: 'the log',
    });
  });

  test('stores what changes it before it answers, and nothing else', async () => {
    const map = await remote.createMap(COUNTS);
    expect(saves).toBe(1);
    await map.lookup(key(1));
    expect(saves).toBe(1);
    await map.update(key(1), value(1));
    expect(saves).toBe(2);
  });

  test('answers requests that come at once, and stores them together', async () => {
    const map = await remote.createMap(COUNTS);
    await Promise.all(Array.from({ length: 100 }, (_, i) => map.update(key(i), value(i))));
    expect(saves).toBeLessThan(50);
    expect(await map.lookup(key(99))).toEqual(value(99));
  });

  test('that fails to store says so', async () => {
    const failing = new KernelServer(engine, {
      persist: () => {
        throw new KernelError('ENOSPC', 'the disk is full');
      },
    });
    await failing.listen(join(folder, 'f'));
    const client = await RemoteKernel.connect(join(folder, 'f'));
    await expect(client.createMap(COUNTS)).rejects.toMatchObject({
      errno: 'ENOSPC',
      message: 'the disk is full',
    });
    await client.close();
    await failing.close();
  });

  test('lets only this user in', () => {
    expect(statSync(join(folder, 's')).mode & 0o777).toBe(0o600);
  });

  test('that ends is reported to those who wait', async () => {
    const silent = createServer(() => {}).listen(join(folder, 'silent'));
    const connecting = RemoteKernel.connect(join(folder, 'silent'));
    silent.on('connection', (socket) => setTimeout(() => socket.destroy(), 20));
    await expect(connecting).rejects.toMatchObject({ code: 'REMOTE_GONE' });
    await new Promise((done) => silent.close(done));
  });
});

describe('a peer that does not speak the protocol', () => {
  test.each([
    ['text', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['an absurd length', Buffer.from([255, 255, 255, 255, 1])],
    ['a header that is no JSON', Buffer.from([5, 0, 0, 0, 1, 0, 0, 0, 0x7b])],
    ['a message that is no request', Buffer.from([6, 0, 0, 0, 2, 0, 0, 0, 0x7b, 0x7d])],
    ['nothing at all', Buffer.alloc(0)],
  ])('sending %s is hung up on, and nobody else notices', async (_, bytes) => {
    const socket = createConnection(join(folder, 's'));
    const closed = new Promise((done) => socket.on('close', done));
    socket.on('error', () => {});
    if (bytes.length === 0) socket.end();
    else socket.write(bytes);
    socket.resume();
    await closed;
    expect(await remote.maps()).toEqual([]);
  });

  test('asking for what is no method is told so', async () => {
    const { Channel } = await import('./channel.js');
    const channel = await Channel.connect(join(folder, 's'));
    await expect(channel.call('constructor')).rejects.toMatchObject({ code: 'REMOTE_MALFORMED' });
    await expect(channel.call('map.lookup', ['x'])).rejects.toMatchObject({ code: 'REMOTE_MALFORMED' });
    await channel.close();
  });
});

describe('openKernel', () => {
  test('connects to the one that owns the root, whose state is on disk when it answers', async () => {
    const root = join(folder, 'root');
    const owner = await openKernel({ root, purpose: 'own', restore });
    const other = await openKernel({ root, purpose: 'write', restore });
    expect(owner.kernel.kind).toBe('engine');
    expect(other.kernel.kind).toBe('remote');
    const map = await other.kernel.createMap(COUNTS);
    await other.kernel.pin(map, '/sys/fs/bpf/counts');
    await map.update(key(7), value(7));
    expect(new RootStore(root).load().maps[0]?.entries).toEqual(Uint8Array.of(...key(7), ...value(7)));
    await other.close();
    await owner.close();
    const later = await openKernel({ root, purpose: 'read', restore });
    expect(await (await later.kernel.mapById(map.id)).lookup(key(7))).toEqual(value(7));
    await later.close();
  });

  test('listens elsewhere when the path of the root is too long for a socket', async () => {
    const root = join(folder, 'x'.repeat(120), 'root');
    const owner = await openKernel({ root, purpose: 'own', restore });
    const other = await openKernel({ root, purpose: 'read', restore });
    expect(other.kernel.kind).toBe('remote');
    await other.close();
    await owner.close();
  });

  test('stores nothing without a commit', async () => {
    const root = join(folder, 'root');
    const opened = await openKernel({ root, purpose: 'write', restore });
    await opened.kernel.pin(await opened.kernel.createMap(COUNTS), '/sys/fs/bpf/counts');
    await opened.close();
    expect(new RootStore(root).load()).toEqual(EMPTY_SNAPSHOT);
  });
});
