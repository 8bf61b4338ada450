// With vitest: `npm test`.
import { writeFile } from 'node:fs/promises';
import { compileObject } from 'skep/compile';
import { Coverage, ethernet, icmp, ipv4, lcov, packet, snapshot, TestKernel, tcp, vlan } from 'skep/test';
import 'skep/test/vitest';
import { afterAll, beforeEach, expect, test } from 'vitest';

const SECOND = 1_000_000_000n;
const coverage = new Coverage();
const program = await compileObject('firewall.bpf.c');
let kernel;
let object;

beforeEach(async () => {
  kernel = await TestKernel.create({ clock: 5n * SECOND, coverage });
  object = await kernel.load(program);
  return () => kernel.close();
});
afterAll(() => writeFile('coverage.lcov', lcov(coverage, { rename: () => 'firewall.bpf.c' })));

const syn = (src) => packet(ethernet(), ipv4({ src }), tcp({ flags: 'SYN' }));

test('drops what comes from a blocked address, counts it and tells of it', async () => {
  await object.set('blocked', '192.0.2.66', 0n);
  const run = await object.run('firewall', syn('192.0.2.66'));
  expect(run).toReturn('XDP_DROP');
  expect(run).toLeavePacketAlone();
  await expect(object.map('blocked')).toHaveMap({ '192.0.2.66': 1 });
  await expect(object.map('verdicts')).toHaveMap({ 1: 1 });
  expect(object.decode(run.events[0].data, 'drop')).toMatchObject({ time: 5n * SECOND, reason: 1 });
});

test('lets a source open ten connections a second', async () => {
  for (let nth = 1; nth <= 10; nth++)
    expect(await object.run('firewall', syn('10.0.0.1'))).toReturn('XDP_PASS');
  expect(await object.run('firewall', syn('10.0.0.1'))).toReturn('XDP_DROP');
  expect(await object.run('firewall', syn('10.0.0.2'))).toReturn('XDP_PASS');
  kernel.clock += SECOND;
  expect(await object.run('firewall', syn('10.0.0.1'))).toReturn('XDP_PASS');
  await expect(object.map('windows')).toHaveMap({
    '10.0.0.1': { start: 6n * SECOND, syns: 1 },
    '10.0.0.2': { start: 5n * SECOND, syns: 1 },
  });
});

test('answers pings', async () => {
  const run = await object.run('firewall', packet(ethernet(), ipv4(), icmp({ id: 7 }), 'hello'));
  expect(run).toReturn('XDP_TX');
  expect(run).toLeavePacket(
    packet(
      ethernet({ src: '02:00:00:00:00:02', dst: '02:00:00:00:00:01' }),
      ipv4({ src: '10.0.0.2', dst: '10.0.0.1' }),
      icmp({ type: 'echo reply', id: 7 }),
      'hello',
    ),
  );
});

test('passes what it does not know', async () => {
  expect(await object.run('firewall', packet(ethernet(), vlan(), ipv4(), tcp({ flags: 'SYN' })))).toReturn(
    'XDP_PASS',
  );
  expect(await object.run('firewall', packet(ethernet({ type: 0x88cc }), new Uint8Array(50)))).toReturn(
    'XDP_PASS',
  );
});

test('does without a ring buffer that is full', async () => {
  await kernel.close();
  kernel = await TestKernel.create({ coverage });
  const reserve = kernel.mock('bpf_ringbuf_reserve', null);
  object = await kernel.load(program);
  await object.set('blocked', '192.0.2.66', 0n);
  const run = await object.run('firewall', syn('192.0.2.66'));
  expect(run).toReturn('XDP_DROP');
  expect(run).toSend('drops', []);
  expect(reserve.calls).toHaveLength(1);
});

test('leaves nothing else behind', async () => {
  const run = await object.run('firewall', syn('10.0.0.1'));
  expect(await snapshot(object, run)).toMatchInlineSnapshot(`
    "firewall (xdp) returns XDP_PASS (2)
    packet as it was
    map verdicts (percpu_array)
      2: [1]
    map windows (lru_hash)
      16777226: { start: 5000000000, syns: 1 }
    "
  `);
});
