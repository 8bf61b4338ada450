import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { compileObject } from '../compiler/node/index.js';
import {
  argumentsContext,
  Coverage,
  check,
  context,
  ethernet,
  ipv4,
  lcov,
  packet,
  snapshot,
  TestKernel,
  type TestKernelOptions,
  type TestObject,
  tcp,
  udp,
} from './index.js';
import './vitest.js';

const SOURCE = 'examples/firewall/firewall.bpf.c';
const SYN = packet(ethernet(), ipv4(), tcp({ flags: 'SYN' }));
let firewall: Uint8Array;

beforeAll(async () => {
  firewall = await compileObject(SOURCE);
});

async function loaded(options?: TestKernelOptions): Promise<{ kernel: TestKernel; object: TestObject }> {
  const kernel = await TestKernel.create(options);
  return { kernel, object: await kernel.load(firewall) };
}

const messageOf = async (action: () => unknown): Promise<string> => {
  try {
    await action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
};

describe('matchers', () => {
  test('toReturn takes names and numbers, and names the value that came instead', async () => {
    const { object } = await loaded();
    const run = await object.run('firewall', SYN);
    expect(run).toReturn('XDP_PASS');
    expect(run).toReturn(2);
    expect(run).not.toReturn('XDP_DROP');
    expect(await messageOf(() => expect(run).toReturn('XDP_DROP'))).toBe(
      'firewall was to return XDP_DROP, and returned XDP_PASS (2)',
    );
    expect(await messageOf(() => expect(run).not.toReturn(2))).toBe('firewall was not to return 2, and did');
    expect(await messageOf(() => expect(run).toReturn('XDP_DRP'))).toBe(
      "there is no return value of xdp programs 'XDP_DRP' (did you mean XDP_DROP?)",
    );
    expect(await messageOf(() => expect(7).toReturn('XDP_DROP'))).toBe(
      'toReturn is about a run (await object.run(…) first)',
    );
  });

  test('toReturn without a value is still that of vitest', async () => {
    const spy = vi.fn();
    expect(await messageOf(() => expect(spy).toReturn())).toContain('was to return, and did not');
    spy();
    expect(spy).toReturn();
  });

  test('toLeavePacket draws the fields that differ', async () => {
    const { object } = await loaded();
    const run = await object.run('firewall', SYN);
    expect(run).toLeavePacketAlone();
    const other = packet(ethernet(), ipv4({ ttl: 63 }), tcp({ flags: 'SYN' }));
    expect(run).not.toLeavePacket(other);
    expect(await messageOf(() => expect(run).toLeavePacket(other))).toBe(
      'firewall left another packet (- expected, + found):\n  ethernet\n  ipv4\n' +
        '-   ttl             63\n+   ttl             64\n' +
        '-   checksum        0x67ce\n+   checksum        0x66ce\n  tcp\n',
    );
  });

  test('toHaveMap wants exactly these entries, and draws what differs, is missing, or is too much', async () => {
    const { object } = await loaded();
    for (const [source, count] of [
      ['10.0.0.1', 1n],
      ['10.0.0.2', 2n],
      ['10.0.0.3', 3n],
    ] as const)
      await object.set('blocked', source, count);
    const blocked = object.map('blocked');
    await expect(blocked).toHaveMap({ '10.0.0.1': 1, '10.0.0.2': 2n, '10.0.0.3': 3 });
    await expect(blocked).toHaveMap(
      new Map([
        [0x0100000a, 1],
        [0x0200000a, 2],
        [0x0300000a, 3],
      ]),
    );
    await expect(blocked).toHaveEntries({ '10.0.0.2': 2 });
    await expect(blocked).not.toHaveMap({ '10.0.0.2': 2 });
    expect(
      await messageOf(() => expect(blocked).toHaveMap({ '10.0.0.1': 1, '10.0.0.2': 5, '10.0.0.9': 1 })),
    ).toBe(
      'map blocked (hash) is not as expected (- expected, + found):\n' +
        '- 10.0.0.2: 5\n+ 10.0.0.2: 2\n- 10.0.0.9: 1\n+ 10.0.0.3: 3\n  1 more as expected\n',
    );
    expect(await messageOf(() => expect(blocked).toHaveMap({ 'fd00::1': 1 }))).toBe(
      "'fd00::1' has 16 bytes, the keys of map blocked 4",
    );
  });

  test('toHaveMap adds up the CPUs of a per-CPU map, or takes a value for each', async () => {
    const { kernel, object } = await loaded({ cpus: 2 });
    await object.run('firewall', SYN);
    kernel.cpu = 1;
    await object.run('firewall', SYN);
    await object.run('firewall', SYN);
    await expect(object.map('verdicts')).toHaveMap({ 2: 3 });
    await expect(object.map('verdicts')).toHaveMap({ 2: [1, 2] });
    await expect(object.map('verdicts')).not.toHaveMap({ 2: [2, 1] });
    await expect(object.map('verdicts')).not.toHaveMap({});
  });

  test('toHaveMap looks at every member of a struct: those left out are 0', async () => {
    const { object } = await loaded({ clock: 7n });
    await object.run('firewall', SYN);
    await expect(object.map('windows')).toHaveMap({ '10.0.0.1': { start: 7, syns: 1 } });
    await expect(object.map('windows')).not.toHaveMap({ '10.0.0.1': { syns: 1 } });
    await expect(object.map('windows')).not.toHaveMap({ '10.0.0.1': { start: 7, syns: 1, more: 0 } });
  });

  test('toSend compares the records of a run in their order', async () => {
    const { object } = await loaded({ clock: 7n });
    await object.set('blocked', '10.0.0.1', 0n);
    const run = await object.run('firewall', SYN);
    const record = Uint8Array.from([7, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1, 1, 0, 0, 0]);
    expect(run).toSend('drops', [record]);
    expect(object.decode(record, 'struct drop')).toEqual({ time: 7n, source: 0x0100000a, reason: 1 });
    expect(await messageOf(() => expect(run).toSend('drops', []))).toBe(
      'firewall sent other records to drops (- expected, + found):\n+ 07 00 00 00 00 00 00 00 0a 00 00 01 01 00 00 00\n',
    );
    expect(await messageOf(() => object.decode(record, 'nothing'))).toBe(
      "the object's BTF has no type nothing (name it in the C source: struct nothing *unused __attribute__((unused));)",
    );
  });

  test('check throws for any test runner', async () => {
    const { object } = await loaded();
    const run = await object.run('firewall', SYN);
    check(run).toReturn('XDP_PASS');
    check(run).not.toPrint(/./);
    await check(object.map('blocked')).toHaveMap({});
    expect(() => check(run).toReturn('XDP_TX')).toThrow('was to return XDP_TX, and returned XDP_PASS (2)');
    expect(() => check(run).not.toReturn(2)).toThrow('was not to return 2, and did');
    await expect(check(object.map('blocked')).toHaveMap({ 1: 1 })).rejects.toMatchObject({
      code: 'ERR_ASSERTION',
    });
  });
});

const CALLS = `
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 2); __type(key, __u32); __type(value, __u64); } seen SEC(".maps");
SEC("tc") int calls(struct __sk_buff *skb)
{
	char comm[16] = {};
	__u32 key = 0, one = 1;
	__u64 *value = bpf_map_lookup_elem(&seen, &key), *cpu = bpf_map_lookup_elem(&seen, &one);

	bpf_get_current_comm(comm, sizeof(comm));
	if (value)
		*value = bpf_get_prandom_u32();
	if (cpu)
		*cpu = bpf_get_smp_processor_id();
	bpf_printk("%s %d", comm, (int)(bpf_get_current_pid_tgid() >> 32));
	return skb->mark == 7 ? 2 : bpf_skb_get_xfrm_state(skb, 0, (void *)comm, sizeof(comm), 0);
}
SEC("tracepoint/tcp/tcp_v4_connect") int record(void *ctx)
{
	return *(__u16 *)(ctx + 18);
}
SEC("raw_tp/inet_sock_set_state") int arguments(struct bpf_raw_tracepoint_args *ctx)
{
	return ctx->args[2];
}
char LICENSE[] SEC("license") = "GPL";`;

describe('a kernel for a test', () => {
  let object: Uint8Array;
  beforeAll(async () => {
    const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs');
    const folder = mkdtempSync('node_modules/.cache/skep-kit-');
    writeFileSync(`${folder}/calls.bpf.c`, CALLS);
    object = await compileObject(`${folder}/calls.bpf.c`);
    rmSync(folder, { recursive: true });
  });
  const load = (kernel: TestKernel) => {
    kernel.mock('bpf_skb_get_xfrm_state', 0);
    return kernel.load(object);
  };

  test('has a clock, random numbers and a task that are the same in every run', async () => {
    const text = async (options: TestKernelOptions): Promise<string> => {
      await using kernel = await TestKernel.create(options);
      const test = await load(kernel);
      return snapshot(test, await test.run('calls', SYN));
    };
    const first = await text({ random: 3 });
    expect(first).toMatch(
      /calls \(sched_cls\) returns TC_ACT_OK \(0\)\npacket as it was\nprinted\n {2}test 1000\nmap seen \(array\)\n {2}0: \d+\n$/,
    );
    expect(await text({ random: 3 })).toBe(first);
    expect(await text({ random: 4 })).not.toBe(first);
    expect(await text({ cpus: 4, cpu: 2, task: { tgid: 5, comm: 'curl' } })).toMatch(
      /curl 5\n[\s\S]* 1: 2\n/,
    );
  });

  test.each(['jit', 'interpreter'] as const)('puts mocks in place of helpers (%s)', async (engine) => {
    await using kernel = await TestKernel.create({ engine });
    const random = kernel.mock('bpf_get_prandom_u32', -1);
    const state = kernel.mock('bpf_skb_get_xfrm_state', ({ args }) => (args[1] === 0n ? -95 : 0));
    kernel.mock('bpf_get_current_comm', (call) => {
      call.bytes(0).set(new TextEncoder().encode('mocked\0'));
      return 0;
    });
    const lookup = kernel.spy('bpf_map_lookup_elem');
    const test = await kernel.load(object);
    const run = await test.run('calls', SYN);
    expect(run).toReturn(-95);
    expect(run).toPrint('mocked 1000');
    await expect(test.map('seen')).toHaveMap({ 0: 0xffffffffn });
    expect(lookup.calls.map(({ result }) => result !== 0n)).toEqual([true, true]);
    expect(state.calls).toHaveLength(1);
    random.set(() => 5);
    lookup.set(null);
    await test.run('calls', SYN);
    await expect(test.map('seen')).toHaveMap({ 0: 0xffffffffn });
    lookup.restore();
    await test.run('calls', SYN);
    await expect(test.map('seen')).toHaveMap({ 0: 5 });
  });

  test('says which helpers cannot be mocked, and when', async () => {
    await using kernel = await TestKernel.create();
    // @ts-expect-error no such helper
    expect(() => kernel.mock('bpf_ktime_get_n', 1)).toThrow('did you mean bpf_ktime_get_ns');
    // @ts-expect-error a number is no pointer
    kernel.mock('bpf_map_lookup_elem', 1);
    expect(() => kernel.mock('bpf_tail_call', 0)).toThrow('it does not come back');
    await load(kernel);
    expect(() => kernel.mock('bpf_ktime_get_ns', 1)).toThrow('programs are loaded that may call it');
  });

  test('runs programs on contexts built from fields', async () => {
    await using kernel = await TestKernel.create();
    const test = await load(kernel);
    expect(await test.run('calls', { packet: SYN, ctx: { mark: 7 } })).toReturn('TC_ACT_SHOT');
    expect(await test.run('record', { ctx: { daddr: '192.0.2.1', dport: 443 } })).toReturn(443);
    expect(await test.run('arguments', { args: [0n, 7, 2] })).toReturn(2);
    await expect(test.run('record', { packet: SYN })).rejects.toThrow('are not run on packets');
    await expect(test.run('record', {})).rejects.toThrow('record is run on nothing');
    await expect(test.run('calls', { packet: SYN, ctx: { marc: 7 } })).rejects.toThrow(
      "there is no field of the context of sched_cls 'marc' (did you mean mark",
    );
  });
});

describe('contexts', () => {
  test('are laid out as in the uapi header', () => {
    const skb = new DataView(context('sched_cls', { mark: 7, cb: [1, 2], tstamp: 1n << 40n }).buffer);
    expect([skb.byteLength, skb.getUint32(8, true), skb.getUint32(52, true)]).toEqual([192, 7, 2]);
    expect(skb.getBigUint64(152, true)).toBe(1n << 40n);
    const address = context('cgroup_sock_addr', { user_ip4: '192.0.2.1', user_port: 0x5000 });
    expect([...address.subarray(4, 8)]).toEqual([192, 0, 2, 1]);
    expect([...argumentsContext(-1, 2)]).toEqual([...new Array(8).fill(255), 2, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('that have no fields say what to do', () => {
    expect(() => context('fentry')).toThrow("there is no program type 'fentry'");
    expect(() => context('tracing')).toThrow('argumentsContext');
    expect(() => context('tracepoint')).toThrow("context('tracepoint/NAME', …)");
    expect(() => context('sched_cls', { cb: [1, 2, 3, 4, 5, 6] })).toThrow('has 20 bytes, not 24');
  });
});

describe('coverage', () => {
  const lineOf = (text: string): number =>
    readFileSync(SOURCE, 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1;

  test.each(['jit', 'interpreter'] as const)(
    'counts lines and both ways of branches (%s)',
    async (engine) => {
      const coverage = new Coverage();
      for (let nth = 0; nth < 2; nth++) {
        await using kernel = await TestKernel.create({ coverage, engine });
        const object = await kernel.load(firewall);
        await object.run('firewall', SYN);
        await object.run('firewall', packet(ethernet(), ipv4(), udp()));
      }
      const records = lcov(coverage, { rename: () => 'firewall.bpf.c' }).split('\n');
      expect(records[1]).toBe('SF:firewall.bpf.c');
      const counts = (text: string) => records.filter((line) => line.startsWith(text));
      expect(counts(`DA:${lineOf('bpf_map_lookup_elem(&windows')},`)).toEqual([expect.stringMatching(/,2$/)]);
      expect(counts(`DA:${lineOf('bpf_map_lookup_elem(&verdicts')},`)).toEqual([
        expect.stringMatching(/,4$/),
      ]);
      expect(counts(`DA:${lineOf('icmp->type = 0;')},`)).toEqual([expect.stringMatching(/,0$/)]);
      const isTcp = counts(`BRDA:${lineOf('ip->protocol == IPPROTO_TCP')},`);
      expect(isTcp.map((line) => line.split(',').at(-1)).sort()).toEqual(['0', '2', '2', '4']);
      expect(counts('FNDA:4,firewall')).toHaveLength(1);
      expect(records.at(-2)).toBe('end_of_record');
    },
  );

  test('is the same in both engines', async () => {
    const text = async (engine: 'jit' | 'interpreter'): Promise<string> => {
      const coverage = new Coverage();
      await using kernel = await TestKernel.create({ coverage, engine });
      const object = await kernel.load(firewall);
      for (let length = 14; length <= SYN.length; length++)
        await object.run('firewall', SYN.subarray(0, length));
      return lcov(kernel.coverage);
    };
    expect(await text('jit')).toBe(await text('interpreter'));
  });

  test('has to be asked for', async () => {
    const { kernel } = await loaded();
    expect(() => kernel.coverage).toThrow('this kernel does not count what programs do');
  });
});
