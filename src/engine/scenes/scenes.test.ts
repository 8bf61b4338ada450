import { describe, expect, test } from 'vitest';
import { asmProgram } from '../../../test/support/asm-program.js';
import { type Assignments, ctxBytes } from '../../../test/support/ctx-bytes.js';
import { Engine } from '../engine.js';

/** Types that Linux has no test run for, or one that asks for more: each program looks at its context, or changes it. */
interface Case {
  readonly type: string;
  readonly attachType?: string;
  readonly text: string;
  readonly ctx?: Assignments;
  readonly data?: Uint8Array;
  readonly r0: number;
  /** Members of the context afterwards. */
  readonly after?: Assignments;
}

const DATA = Uint8Array.from({ length: 64 }, (_, index) => index + 1);
/** The first byte between the two addresses at offsets of the context, 0 when there is none. */
const firstByte = (start: number, end: number): string => `
  r2 = *(u64 *)(r1 + ${start})
  r3 = *(u64 *)(r1 + ${end})
  r4 = r2
  r4 += 1
  r0 = 0
  if r4 > r3 goto out
  r0 = *(u8 *)(r2 + 0)
out:
  exit`;
const length = 'r0 = *(u32 *)(r1 + 0)\nexit';

const CASES: readonly Case[] = [
  { type: 'kprobe', text: 'r0 = *(u64 *)(r1 + 112)\nexit', ctx: [[112, 8, 77]], r0: 77 },
  { type: 'perf_event', text: 'r0 = *(u64 *)(r1 + 168)\nexit', ctx: [[168, 8, 5000]], r0: 5000 },
  { type: 'sched_act', text: length, data: DATA, r0: 64 },
  { type: 'lwt_out', text: length, data: DATA, r0: 50 },
  { type: 'lwt_seg6local', text: length, data: DATA, r0: 50 },
  { type: 'sk_skb', attachType: 'sk_skb_stream_verdict', text: length, data: DATA, r0: 50 },
  { type: 'lirc_mode2', text: 'r0 = *(u32 *)(r1 + 0)\nexit', ctx: [[0, 4, 0x1000005]], r0: 0x1000005 },
  {
    type: 'sock_ops',
    text: 'r2 = *(u32 *)(r1 + 0)\n*(u32 *)(r1 + 4) = r2\nr0 = 1\nexit',
    ctx: [[0, 4, 4]],
    r0: 1,
    after: [
      [0, 4, 4],
      [4, 4, 4],
    ],
  },
  { type: 'sk_msg', text: firstByte(0, 8), data: DATA, r0: 1 },
  { type: 'sk_reuseport', attachType: 'sk_reuseport_select', text: firstByte(0, 8), data: DATA, r0: 1 },
  { type: 'raw_tracepoint_writable', text: 'r0 = *(u64 *)(r1 + 8)\nexit', ctx: [[8, 8, 9]], r0: 9 },
  { type: 'tracepoint', text: 'r0 = *(u32 *)(r1 + 16)\nexit', ctx: [[16, 4, 6]], r0: 6 },
  {
    type: 'cgroup_sockopt',
    attachType: 'cgroup_setsockopt',
    text: `r9 = r1\n${firstByte(8, 16).replace('exit', '').replace('out:', 'out:\n*(u32 *)(r9 + 32) = r0\nr0 = 1\nexit')}`,
    data: DATA,
    ctx: [[32, 4, 64]],
    r0: 1,
    after: [[32, 4, 1]],
  },
  {
    type: 'cgroup_sock_addr',
    attachType: 'cgroup_inet4_connect',
    text: 'r2 = 0x0100007f\n*(u32 *)(r1 + 4) = r2\nr0 = 1\nexit',
    ctx: [[24, 4, 0x5000]],
    r0: 1,
    after: [
      [4, 4, 0x0100007f],
      [24, 4, 0x5000],
    ],
  },
];

describe.each(['jit', 'interpreter'] as const)('%s', (engine) => {
  test.each(CASES.map((one) => [one.type, one] as const))(
    'a %s program finds its context, and what it changed comes back without addresses',
    async (_type, { type, attachType, text, ctx, data, r0, after }) => {
      const kernel = await Engine.create({ engine });
      const program = await kernel.loadProgram({
        ...asmProgram(type, text, []),
        ...(attachType === undefined ? {} : { attachType }),
      });
      const run = await program.run({
        ...(ctx === undefined ? {} : { ctx: ctxBytes(type, ctx) }),
        ...(data === undefined ? {} : { data }),
      });
      expect(run.returnValue).toBe(r0);
      if (after !== undefined) expect(run.ctx).toEqual(ctxBytes(type, after));
    },
  );
});

test('addresses in a context are refused by name', async () => {
  const kernel = await Engine.create();
  const program = await kernel.loadProgram(asmProgram('sk_msg', 'r0 = 1\nexit', []));
  await expect(program.run({ ctx: ctxBytes('sk_msg', [[0, 8, 4096]]) })).rejects.toThrow(
    "the address at offset 0 of struct sk_msg_md is the engine's to say",
  );
});

test('tasks and packets are below cgroups of a cgroup_array or not', async () => {
  const kernel = await Engine.create();
  const map = await kernel.createMap({
    name: 'm',
    type: 'cgroup_array',
    keySize: 4,
    valueSize: 4,
    maxEntries: 3,
    flags: 0,
    pinning: 'none',
  });
  const [web, other] = [kernel.world.cgroups.make('/web'), kernel.world.cgroups.make('/other')];
  const u32 = (value: number | bigint) => new Uint8Array(Uint32Array.of(Number(value)).buffer);
  await map.update(u32(0), u32(web.id));
  await map.update(u32(1), u32(other.id));
  const below = kernel.world.cgroups.make('/web/shop').id;
  kernel.memory.setTask({ pid: 1, tgid: 1, uid: 0, gid: 0, comm: 'x', cgroup: below });
  const ask = async (call: string, index: number): Promise<number> => {
    const text = `${call === 'bpf_skb_under_cgroup' ? `r2 = m0 ll\nr3 = ${index}` : `r1 = m0 ll\nr2 = ${index}`}\ncall ${call}\nexit`;
    const program = await kernel.loadProgram(asmProgram('sched_cls', text, [map]));
    return (await program.run({ data: DATA })).returnValue | 0;
  };
  for (const call of ['bpf_skb_under_cgroup', 'bpf_current_task_under_cgroup'])
    expect([await ask(call, 0), await ask(call, 1), await ask(call, 2), await ask(call, 3)]).toEqual([
      1, 0, -11, -7,
    ]);
});
