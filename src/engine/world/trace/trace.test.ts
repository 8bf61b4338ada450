import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { asmProgram } from '../../../../test/support/asm-program.js';
import { variables, worldObject } from '../../../../test/support/world-object.js';
import { type LoadedObject, load } from '../../../kernel/load.js';
import type { ObjectSpec } from '../../../object/spec.js';
import { Engine } from '../../engine.js';
import { KERNEL_FUNCTIONS } from './functions.js';

/** Linux refuses these attachments here (no kprobes, no BPF LSM): what they see is held against Linux's documentation. */

let spec: ObjectSpec;
beforeAll(async () => {
  spec = await worldObject('trace.bpf.c');
}, 180_000);

type Seen = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const globals = async (object: LoadedObject): Promise<Seen> => (await variables(object)) as unknown as Seen;

const text = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : String.fromCharCode(...(value as number[]).map(Number)).replace(/\0.*$/s, '');

describe.each(['jit', 'interpreter'] as const)('%s', (mode) => {
  async function start(...programs: readonly string[]) {
    const engine = await Engine.create({ engine: mode });
    const object = await load(spec, engine, { programs });
    for (const program of programs) await object.attach(program);
    return { engine, world: engine.world, object };
  }

  test('fentry and fexit on tcp_v4_connect see the task, the address and the socket', async () => {
    const { world, object } = await start('enter_connect', 'leave_connect', 'many');
    world.task('server').listen('127.0.0.1:8080');
    const client = world.task('client', { uid: 1000 }).connect('127.0.0.1:8080');
    const { connects } = await globals(object);
    expect(connects).toMatchObject({ calls: 1, parent: 1, port: 8080, family: 2, uid: 1000, result: 0 });
    expect(connects?.['netns']).toBe(world.namespace('').inode);
    expect(connects?.['cookie']).toBe(client.cookie);
    expect(text(connects?.['comm'])).toBe('client');
    expect(Number(connects?.['ip'])).toBeGreaterThan(0);
    expect(() => world.task('client').connect('127.0.0.1:9')).toThrow('nobody answers at port 9');
    // tcp_v4_connect does not wait for the answer.
    expect((await globals(object))['connects']).toMatchObject({ calls: 2, result: 0 });
  });

  test('kprobe and kretprobe find the arguments and the result in the registers', async () => {
    const { world, object } = await start('probe_send', 'probe_sent');
    const server = world.task('server').listen('127.0.0.1:8080');
    const client = world.task('client').connect('127.0.0.1:8080').send('hello').send('you');
    server.accept().send('!');
    const after = await globals(object);
    expect(after).toMatchObject({ sent_bytes: 9n, returned: 9n, sends: { calls: 3, result: 1 } });
    expect(after['sends']?.['port']).toBe(client.local.port);
  });

  test('LSM programs refuse calls with their errno, before anything is sent', async () => {
    const { world, object } = await start('may_connect', 'may_send');
    await variables(object, { refused_port: 8081 });
    const server = world.task('server');
    server.listen('127.0.0.1:8080');
    server.listen('127.0.0.1:8081');
    const client = world.task('client').connect('127.0.0.1:8080');
    expect(() => world.task('client').connect('127.0.0.1:8081')).toThrow(
      expect.objectContaining({ errno: 'EACCES', message: 'socket_connect is refused by an LSM program' }),
    );
    expect(() => client.send('x'.repeat(1001))).toThrow(expect.objectContaining({ errno: 'EPERM' }));
    client.send('x'.repeat(1000));
  });

  test('exec, open, fork and exit are seen with what they are about', async () => {
    const { world, object } = await start(
      'on_exec',
      'on_open',
      'on_opened',
      'may_open',
      'on_fork',
      'on_exit',
    );
    world.files.set('/etc/hosts', new TextEncoder().encode('127.0.0.1 localhost\n'));
    world.files.set('/etc/secret', new Uint8Array(8));
    const shell = world.task('sh');
    const child = shell.fork().exec('/usr/bin/curl', 'http://localhost');
    const file = child.open('/etc/hosts');
    expect(new TextDecoder().decode(file.read(9))).toBe('127.0.0.1');
    expect(() => child.open('/etc/secret')).toThrow(expect.objectContaining({ errno: 'EACCES' }));
    child.exit(3);
    const { execs, opens, forks, exits } = await globals(object);
    expect(execs).toMatchObject({ calls: 1, pid: child.pid });
    expect([text(execs?.['file']), text(execs?.['comm'])]).toEqual(['/usr/bin/curl', 'curl']);
    expect(opens).toMatchObject({ calls: 2, pid: child.pid, result: -13 });
    expect([text(opens?.['file']), text(opens?.['comm'])]).toEqual(['/etc/secret', 'secret']);
    expect(forks).toMatchObject({ calls: 1, pid: child.pid, parent: shell.pid });
    expect(text(forks?.['parent_comm'])).toBe('sh');
    expect(exits).toMatchObject({ pid: child.pid, result: 768 });
    expect(() => child.open('/etc/hosts')).toThrow(`task ${child.pid} has exited`);
  });

  test('an fmod_ret program takes the place of a function', async () => {
    const { world } = await start('no_kill');
    const [one, other] = [world.task('one'), world.task('other')];
    expect(() => one.kill(other.pid, 9)).toThrow(expect.objectContaining({ errno: 'EPERM' }));
    one.kill(other.pid, 15);
    expect(world.signals).toEqual([{ signal: 15, thread: false, pid: other.pid, tgid: other.pid }]);
  });
});

test.each([
  [
    { kind: 'kprobe', function: 'tcp_v4_conect' } as const,
    "The engine's world has no function tcp_v4_conect.",
    'Did you mean tcp_v4_connect or tcp_v6_connect or tcp_connect?',
  ],
  [
    { kind: 'kprobe_multi', functions: ['nothing_*'] } as const,
    "The engine's world has no function nothing_*.",
    undefined,
  ],
])('a function that the world does not call is refused with near names', async (target, message, hint) => {
  const engine = await Engine.create();
  const object = await load(spec, engine, { programs: ['probe_send'] });
  await expect(object.attach('probe_send', target)).rejects.toThrow(
    expect.objectContaining({ errno: 'ENOENT', message, ...(hint === undefined ? {} : { hint }) }),
  );
});

test.each([
  ['what the hook has come to so far', 'r0 = *(u64 *)(r1 + 24)\nexit', undefined],
  ['more than that', 'r0 = *(u64 *)(r1 + 24)\nr0 += 1\nexit', /should have been in \[-4095, 0\]/],
  ['an errno as an int', 'w0 = -13\nexit', undefined],
  ['a positive number', 'r0 = 1\nexit', /should have been in \[-4095, 0\]/],
])('an LSM program may return %s, or not, as Linux says', async (_, text, refusal) => {
  const engine = await Engine.create();
  const program = { ...asmProgram('lsm', text, []), attachType: 'lsm_mac', attachTo: 'socket_connect' };
  const loaded = engine.loadProgram(program);
  if (refusal === undefined) await expect(loaded).resolves.toBeDefined();
  else await expect(loaded).rejects.toThrow(refusal);
});

test('every function and LSM hook that programs can be attached to is called somewhere', () => {
  const folder = 'src/engine/world';
  const text = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('functions.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  const names = KERNEL_FUNCTIONS.map((name) => name.replace(/^(__x64_sys_|security_)/, ''));
  const dynamic = /^socket_get(peer|sock)name$/;
  expect(
    names.filter((name) => !dynamic.test(name) && !text.includes(`'${name}'`) && name !== 'bprm_check'),
  ).toEqual([]);
});
