import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readValue } from '../../src/btf/read-value.js';
import type { Btf } from '../../src/btf/types.js';
import type { BtfValue } from '../../src/btf/value.js';
import { writeValue } from '../../src/btf/write-value.js';
import { Engine } from '../../src/engine/engine.js';
import { KernelError } from '../../src/errors/errno.js';
import type { Kernel, Link } from '../../src/kernel/kernel.js';
import { type LoadedObject, load } from '../../src/kernel/load.js';
import { bpfAvailability } from '../../src/linux/bpf.js';
import { LinuxKernel } from '../../src/linux/index.js';
import { parseObject } from '../../src/object/index.js';
import type { ObjectSpec } from '../../src/object/spec.js';
import { compileFile } from '../support/c-twin.js';

/** A task of a cgroup, simulated and real, under the same programs: what it may do, and what the programs saw. */
const SERVER_PORT = 20000;
const MOUNT = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'].find((path) =>
  existsSync(join(path, 'cgroup.procs')),
);
const reason = whyNot();

function whyNot(): string {
  const { available, reason: refusal } = bpfAvailability();
  if (!available) return refusal;
  if (MOUNT === undefined) return 'no cgroup2 is mounted';
  const { status } = spawnSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up']);
  return status === 0 ? '' : 'no network namespace can be made';
}

const ATTACHED: readonly (readonly [program: string, attachType: string, where: 'child' | 'parent'])[] = [
  ['devices', 'cgroup_device', 'child'],
  ['connects', 'cgroup_inet4_connect', 'parent'],
  ['binds', 'cgroup_inet4_post_bind', 'child'],
  ['sysctls', 'cgroup_sysctl', 'child'],
  ['parent', 'cgroup_inet_sock_create', 'parent'],
  ['first', 'cgroup_inet_sock_create', 'child'],
  ['second', 'cgroup_inet_sock_create', 'child'],
];

const KEY = new Uint8Array(4);
let spec: ObjectSpec | undefined;

/** The types of the object's global variables, and the map that holds them. */
function bss(): { readonly btf: Btf; readonly type: number } {
  const map = spec?.maps.find(({ section }) => section === '.bss');
  return { btf: map?.btf as Btf, type: map?.valueType as number };
}

async function variables(object: LoadedObject) {
  const { raw } = object.map('.bss');
  const { btf, type } = bss();
  const bytes = (await raw.lookup(KEY)) as Uint8Array;
  return { raw, value: readValue(btf, type, bytes) as Readonly<Record<string, BtfValue>> };
}

function encode(value: Readonly<Record<string, BtfValue>>): Uint8Array {
  const { btf, type } = bss();
  return writeValue(btf, type, value);
}

async function attached(kernel: Kernel, parent: string): Promise<{ object: LoadedObject; links: Link[] }> {
  spec ??= parseObject(await compileFile('test/cases/world', 'cgroup.bpf.c'));
  const object = await load(spec, kernel);
  const { raw, value } = await variables(object);
  await raw.update(KEY, encode({ ...value, server_port: SERVER_PORT }));
  const links: Link[] = [];
  for (const [program, attachType, where] of ATTACHED) {
    const path = where === 'parent' ? parent : `${parent}/child`;
    links.push(await kernel.attach(object.program(program), { kind: 'cgroup', path, attachType }));
  }
  return { object, links };
}

type Seen = Readonly<Record<string, unknown>>;

/** What the programs saw, without what also depends on what else a real process does. */
async function seen(object: LoadedObject): Promise<Seen> {
  const { order, device_calls: calls, ...rest } = (await variables(object)).value;
  return { ...rest, lastOrder: Number(BigInt(order as bigint) % 1000n), used: Number(calls) > 0 };
}

function attempt<T>(action: () => T): T | string {
  try {
    return action() ?? 'done';
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return error.errno;
  }
}

async function simulated(engine: 'jit' | 'interpreter'): Promise<{ steps: Seen; programs: Seen }> {
  const kernel = await Engine.create({ engine });
  const { object } = await attached(kernel, '/test');
  kernel.world.sysctls.set('net/ipv4/ip_default_ttl', '64\n');
  const task = kernel.task({ comm: 'node', cgroup: '/test/child' });
  const socket = () => task.socket({ family: 'inet', type: 'stream' });
  const listen = (port: number) =>
    attempt(() => {
      const one = socket();
      one.bind('127.0.0.1', port).listen();
      return `port ${one.local.port}`;
    });
  const reach = (port: number) =>
    attempt(() => {
      const one = socket();
      one.connect('127.0.0.1', port);
      return `port ${one.remote.port}`;
    });
  const device = (access: 'read' | 'write') =>
    attempt(() => task.device({ type: 'char', access: [access], major: 1, minor: 3 }));
  const name = 'net/ipv4/ip_default_ttl';
  const steps = {
    listen: listen(SERVER_PORT),
    listenRefused: listen(40404),
    connect: reach(1),
    connectRefused: reach(2),
    connectOtherErrno: reach(3),
    deviceWrite: device('write'),
    deviceRead: device('read'),
    sysctlRead: attempt(() => task.readSysctl(name)),
    sysctlRefused: attempt(() => task.writeSysctl(name, '90')),
    sysctlChanged: attempt(() => task.writeSysctl(name, '50')),
    sysctlAfter: attempt(() => task.readSysctl(name)),
  };
  const programs = await seen(object);
  await kernel.close();
  return { steps, programs };
}

async function real(): Promise<{ steps: Seen; programs: Seen }> {
  const parent = join(MOUNT as string, `skep-test-${process.pid}`);
  mkdirSync(join(parent, 'child'), { recursive: true });
  const kernel = LinuxKernel.open();
  try {
    const { object, links } = await attached(kernel, parent);
    try {
      const script = `ip link set lo up && exec "${process.execPath}" test/support/cgroup-child.mjs "${parent}/child"`;
      const steps = JSON.parse(
        execFileSync('unshare', ['-n', 'sh', '-c', script], { encoding: 'utf8' }),
      ) as Seen;
      return { steps, programs: await seen(object) };
    } finally {
      for (const link of links) await link.detach();
    }
  } finally {
    await kernel.close();
    rmdirSync(join(parent, 'child'));
    rmdirSync(parent);
  }
}

test.skipIf(reason !== '')(
  `a simulated task fares as a real one, and programs see the same ${reason}`,
  { timeout: 180_000 },
  async () => {
    const linux = await real();
    expect(linux.steps).toMatchObject({ connectRefused: 'EPERM', deviceWrite: 'EPERM' });
    expect(await simulated('jit')).toEqual(linux);
    expect(await simulated('interpreter')).toEqual(linux);
  },
);
