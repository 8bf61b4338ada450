// With Node's own test runner: `npm run test:node`.
import { test } from 'node:test';
import { compileObject } from 'skep/compile';
import { check, ethernet, ipv4, packet, TestKernel, udp } from 'skep/test';

const program = await compileObject('firewall.bpf.c');

test('passes UDP from whom it does not know', async (t) => {
  const kernel = await TestKernel.create();
  t.after(() => kernel.close());
  const object = await kernel.load(program);
  const run = await object.run('firewall', packet(ethernet(), ipv4(), udp()));
  check(run).toReturn('XDP_PASS');
  check(run).toLeavePacketAlone();
  await check(object.map('windows')).toHaveMap({});
});
