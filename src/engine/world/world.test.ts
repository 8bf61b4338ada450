import { describe, expect, it } from 'vitest';
import { type Devices, Macs } from './devices.js';
import { NetNamespace } from './net/namespace.js';
import { resolveTracepoint, tracepointTitle } from './tracepoints.js';

describe('resolveTracepoint', () => {
  it.each([
    ['tcp_v4_connect', undefined],
    ['tcp/tcp_v4_connect', undefined],
    ['tcp_v4_connect', 'tcp'],
    ['tcp_v4_connect', ''],
  ])('finds %s in category %s', (name, category) => {
    expect(tracepointTitle(resolveTracepoint(name, category))).toBe('tcp/tcp_v4_connect');
  });

  it.each([
    ['tcp_v4_conect', 'Did you mean tcp/tcp_v4_connect or tcp/tcp_v6_connect?'],
    ['sock/tcp_v4_connect', 'Did you mean tcp/tcp_v4_connect or tcp/tcp_v6_connect?'],
    ['net/netif_recieve_skb', 'Did you mean net/netif_receive_skb?'],
    [
      'mm_page_alloc',
      'It has tracepoints of tcp, sock, net, xdp, sched, task, raw_syscalls, syscalls: docs/reference.md.',
    ],
  ])('says for %s what there is', (name, hint) => {
    expect(() => resolveTracepoint(name)).toThrow(
      expect.objectContaining({ errno: 'ENOENT', message: `The engine has no tracepoint ${name}.`, hint }),
    );
  });
});

/** Those of a host that has just started, with one wire. */
function host(): Devices {
  const { devices } = new NetNamespace('', 1, new Macs());
  devices.add('eth0');
  return devices;
}

describe('Devices', () => {
  it('has lo and eth0, and never uses a number twice', () => {
    const devices = host();
    expect(devices.list()).toMatchObject([
      { ifindex: 1, name: 'lo', mtu: 65536 },
      { ifindex: 2, name: 'eth0', mtu: 1500 },
    ]);
    expect(devices.add('veth1').ifindex).toBe(3);
    expect([devices.byName('veth1'), devices.byIndex(3)]).toMatchObject([
      { ifindex: 3, name: 'veth1', mtu: 1500 },
      { ifindex: 3, name: 'veth1', mtu: 1500 },
    ]);
  });

  it.each(['', '.', '..', 'a/b', 'a:b', 'a b', 'sixteen-bytes-ab', 'üüüüüüüü'])(
    'refuses the name "%s", as Linux',
    (name) => {
      expect(() => host().add(name)).toThrow(expect.objectContaining({ errno: 'EINVAL' }));
      expect(host().add('fifteen-bytes-a').ifindex).toBe(3);
    },
  );

  it('says what there is when asked for another', () => {
    const devices = host();
    expect(() => devices.byName('eth1')).toThrow(
      expect.objectContaining({ errno: 'ENODEV', hint: 'The engine has lo, eth0.' }),
    );
    expect(() => devices.byIndex(9)).toThrow('There is no device with index 9.');
    expect(() => devices.add('lo')).toThrow(expect.objectContaining({ errno: 'EEXIST' }));
  });
});
