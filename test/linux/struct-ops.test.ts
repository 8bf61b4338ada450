import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileObject } from '../../src/compiler/node/index.js';
import { Engine } from '../../src/engine/engine.js';
import { Globals } from '../../src/kernel/globals.js';
import { load } from '../../src/kernel/load.js';
import { bpfAvailability } from '../../src/linux/bpf.js';
import { LinuxKernel } from '../../src/linux/index.js';
import { parseObject } from '../../src/object/index.js';
import type { ObjectSpec, ProgramSpec, StructOpsSpec } from '../../src/object/spec.js';
import { congestionSource } from '../support/congestion.js';
import { enterPrivateNamespaces } from '../support/linux-namespaces.js';

const { available, reason } = bpfAvailability();
if (available) enterPrivateNamespaces();

const NAME = `skep${process.pid % 1_000_000}`;
const AVAILABLE = '/proc/sys/net/ipv4/tcp_available_congestion_control';
const CURRENT = '/proc/sys/net/ipv4/tcp_congestion_control';
const known = () => readFileSync(AVAILABLE, 'utf8').trim().split(' ');

/** The same struct in each kind of section. */
async function compiled(): Promise<ObjectSpec> {
  const folder = mkdtempSync(join(tmpdir(), 'skep-cc-'));
  try {
    const file = join(folder, 'cc.bpf.c');
    const sections = { plain: '.struct_ops', linked: '.struct_ops.link', later: '?.struct_ops.link' };
    writeFileSync(file, congestionSource(NAME, sections));
    return parseObject(await compileObject(file), { name: 'cc' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The object with one of its structs only, changed. */
function only(spec: ObjectSpec, name: string, change: Partial<StructOpsSpec> = {}): ObjectSpec {
  const maps = spec.maps.flatMap((map) => {
    if (map.structOps === undefined) return [map];
    return map.name === name ? [{ ...map, structOps: { ...map.structOps, ...change } }] : [];
  });
  return { ...spec, maps };
}

describe.skipIf(!available)(`struct_ops on Linux ${reason}`, () => {
  let kernel: LinuxKernel;
  let spec: ObjectSpec;
  beforeAll(async () => {
    kernel = LinuxKernel.open();
    spec = await compiled();
  });
  afterAll(() => kernel.close());

  test.each([
    { map: 'plain', how: 'without a link' },
    { map: 'linked', how: 'by a link' },
  ])('a congestion control is registered $how, used, and taken out', async ({ map }) => {
    const object = await load(spec, kernel);
    const link = await object.register(map);
    try {
      expect(known()).toContain(NAME);
      const before = readFileSync(CURRENT, 'utf8');
      writeFileSync(CURRENT, NAME);
      await oneConnection();
      writeFileSync(CURRENT, before);
      const { sockets } = await new Globals<{ sockets: bigint }>(object.map('cc.bss')).read();
      // The socket that connects and the one that is accepted.
      expect(sockets).toBeGreaterThanOrEqual(2n);
      const { type, target } = await link.info();
      expect({ type, target }).toEqual({
        type: 'struct_ops',
        target: { kind: 'struct_ops', map: object.map(map).raw.id },
      });
    } finally {
      await link.detach();
    }
    expect(known()).not.toContain(NAME);
    await object.close();
  });

  test('a value reads back with the ids of its programs', async () => {
    const object = await load(spec, kernel);
    await (await object.register('linked')).detach();
    const value = await object.map<Uint8Array, { data: object }>('linked').get(new Uint8Array(4));
    expect(value?.data).toMatchObject({
      name: NAME,
      init: BigInt(object.program('cc_init').id),
      ssthresh: BigInt(object.program('cc_ssthresh').id),
      cong_control: 0n,
    });
    // What a link let go of can be given to the kernel once more.
    await (await object.register('linked')).detach();
    expect(known()).not.toContain(NAME);
    await object.close();
  });

  test('maps on demand, and the programs that only they name, are left out unless they are asked for', async () => {
    const functions = spec.maps.find(({ name }) => name === 'later')?.structOps?.functions ?? [];
    const alone = {
      ...only(spec, 'later'),
      programs: spec.programs.map((one) => ({ ...one, autoload: false })),
    };
    const without = await load(alone, kernel);
    expect([[...without.maps.keys()], [...without.programs.keys()]]).toEqual([['cc.bss'], []]);
    await without.close();
    const object = await load(alone, kernel, { optionalMaps: ['later'] });
    expect([...object.programs.keys()].sort()).toEqual(functions.map(({ program }) => program).sort());
    await (await object.register('later')).detach();
    await object.close();
  });

  test('what does not fit the kernel is refused by name', async () => {
    await expect(load(only(spec, 'plain', { struct: 'no_such_ops' }), kernel)).rejects.toMatchObject({
      errno: 'ENOTSUPP',
      message: 'this kernel takes no programs as members of struct no_such_ops',
      hint: expect.stringContaining('tcp_congestion_ops'),
    });
    const programs = spec.programs.map((one) =>
      one.name === 'cc_init' ? { ...one, structOps: { struct: 'tcp_congestion_ops', member: 'later' } } : one,
    );
    await expect(load({ ...spec, programs }, kernel)).rejects.toThrow(
      "this kernel's struct tcp_congestion_ops has no member later",
    );
    const [{ structOps: _, ...orphan }] = spec.programs as [ProgramSpec];
    await expect(load({ ...spec, programs: [orphan] }, kernel)).rejects.toThrow(
      'program cc_init is of type struct_ops, and no struct of the object has it as a member',
    );
    const object = await load(
      only(spec, 'plain', { functions: [{ member: 'flags', program: 'cc_init' }] }),
      kernel,
    );
    await expect(object.register('plain')).rejects.toThrow(
      "member flags of struct tcp_congestion_ops does not fit: the kernel's is no function",
    );
    await expect(object.register('cc.bss')).rejects.toThrow('map cc.bss is no struct_ops but array');
    await object.close();
  });

  test('a struct that the kernel refuses leaves nothing behind', async () => {
    const functions = [{ member: 'init', program: 'cc_init' }];
    const object = await load(only(spec, 'linked', { functions }), kernel);
    await expect(object.register('linked')).rejects.toMatchObject({ errno: 'EINVAL' });
    expect(known()).not.toContain(NAME);
    await object.close();
  });

  test('the engine says that it has no such maps', async () => {
    const engine = await Engine.create();
    await expect(load(spec, engine)).rejects.toThrow('struct_ops');
    await engine.close();
  });
});

/** On loopback. */
async function oneConnection(): Promise<void> {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve, reject) => {
    connect(port, '127.0.0.1').once('error', reject).once('close', resolve).resume();
  });
  await new Promise((resolve) => server.close(resolve));
}
