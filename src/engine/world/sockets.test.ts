import { beforeAll, describe, expect, test } from 'vitest';
import { variables, worldObject } from '../../../test/support/world-object.js';
import type { AttachTarget } from '../../kernel/kernel.js';
import { load } from '../../kernel/load.js';
import type { ObjectSpec } from '../../object/spec.js';
import { Engine } from '../engine.js';

/** What Linux cannot be asked for without a network of many hosts: held against its documentation. */

let spec: ObjectSpec;
beforeAll(async () => {
  spec = await worldObject('sockets.bpf.c');
}, 180_000);

describe.each(['jit', 'interpreter'] as const)('%s', (mode) => {
  async function start(programs: Readonly<Record<string, AttachTarget | undefined>>) {
    const engine = await Engine.create({ engine: mode });
    const { world } = engine;
    world.veth(
      { name: 'veth0', address: '10.0.0.1/24' },
      { name: 'eth0', namespace: 'web', address: '10.0.0.2/24' },
    );
    const object = await load(spec, engine, { programs: Object.keys(programs) });
    for (const [name, target] of Object.entries(programs)) await object.attach(name, target);
    return { world, object };
  }

  test('a tc program finds sockets and gives a connection to another one', async () => {
    const { world, object } = await start({
      steer: { kind: 'tcx', iface: 'web/eth0', direction: 'ingress' },
    });
    const server = world.task('server', { namespace: 'web' });
    const listening = server.listen('10.0.0.2:80');
    server.datagrams('10.0.0.2:53');
    world.task('client').connect('10.0.0.2:81').send('steered');
    expect(new TextDecoder().decode(listening.accept().receive())).toBe('steered');
    const { tcp_found: found, skc_found: any, udp_found: datagrams, missing } = await variables(object);
    expect(new Set([found, any, datagrams, missing])).toEqual(new Set([3]));
    expect(await variables(object)).toMatchObject({ assigned: 1, tcp_state: 10 });
  });

  test('an XDP program finds the way of a packet as the routes of its namespace say', async () => {
    const { world, object } = await start({ route: { kind: 'xdp', iface: 'web/eth0' } });
    expect(world.task('ping').ping('10.0.0.2')).toBe(true);
    const eth0 = world.device('web/eth0');
    expect(await variables(object)).toMatchObject({
      route_result: 0,
      route_ifindex: eth0.ifindex,
      route_dmac: [...world.device('veth0').mac],
      route_mtu: 8,
      route_none: 4,
    });
  });

  test('programs set options of sockets, and choose from where they connect', async () => {
    const at = (attachType: string): AttachTarget => ({ kind: 'cgroup', path: '/app', attachType });
    const { world, object } = await start({
      tune: at('cgroup_sock_ops'),
      from_elsewhere: at('cgroup_inet4_connect'),
    });
    world.task('server').listen('127.0.0.1:80');
    const client = world.task('client', { cgroup: '/app/one' }).connect('127.0.0.1:80');
    expect(await variables(object)).toMatchObject({ mark_before: 0, mark_after: 7, bound: 0 });
    expect(client.local.ip).toEqual(Uint8Array.of(127, 0, 0, 9));
  });

  test('a program that has a socket of the uapi gets the struct of the kernel', async () => {
    const { world, object } = await start({
      look: { kind: 'cgroup', path: '/', attachType: 'cgroup_inet_egress' },
    });
    world.task('server').listen('127.0.0.1:80');
    world.task('client').connect('127.0.0.1:80').send('hello').send('again');
    expect(await variables(object)).toMatchObject({ casts: 1, sent: 10 });
  });

  test('programs on functions ask about the call by its numbers, and for their cookie', async () => {
    const { world, object } = await start({
      after_send: undefined,
      with_cookie: { kind: 'kprobe', function: 'tcp_sendmsg', cookie: 77n },
    });
    world.task('server').listen('127.0.0.1:80');
    const client = world.task('client');
    client.connect('127.0.0.1:80').send('hello');
    expect(await variables(object)).toMatchObject({
      task_pid: BigInt(client.pid),
      arguments: 3n,
      first_argument: 5n,
      function_result: 5n,
      cookie: 77n,
    });
  });

  test('a SYN that is lost is sent again when a second has passed, and after six times given up', async () => {
    const { world } = await start({});
    const outside = world.device('eth0').address('192.0.2.1/24');
    const syns: number[] = [];
    outside.onSend = () => syns.push(world.net.clock.now / 1e9);
    const started = world.net.clock.now / 1e9;
    expect(() => world.task('client').connect('192.0.2.9:80')).toThrow(
      expect.objectContaining({ errno: 'ETIMEDOUT' }),
    );
    expect(syns.map((time) => Math.round(time - started))).toEqual([0, 1, 3, 7, 15, 31, 63]);
    expect(Math.round(world.net.clock.now / 1e9 - started)).toBe(127);
  });
});
