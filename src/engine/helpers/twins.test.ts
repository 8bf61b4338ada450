import { expect, test } from 'vitest';
import { helperId } from '../../helpers/registry.js';
import { hookByName } from '../../hooks/index.js';
import { assemble, type InsnIndex } from '../../isa/index.js';
import { bpfAvailability, progLoad, progTestRun } from '../../linux/bpf.js';
import { interpret } from '../interp/index.js';
import { EngineMemory } from '../memory.js';
import {
  SKB_DATA,
  SKB_DATA_END,
  SKB_END,
  SKB_HEAD,
  SKB_LEN,
  SKB_MAC_HEADER,
  SKB_NETWORK_HEADER,
  XDP_DATA,
  XDP_DATA_END,
  XDP_DATA_META,
  XDP_FRAME_END,
  XDP_HARD_START,
} from '../runtime/layout.js';
import { World } from '../world/world.js';
import { bindingFor, createHostHelpers } from './bindings.js';
import { TraceLog } from './trace-log.js';

const { available, reason } = bpfAvailability();

/** An Ethernet frame with an IPv4 header, then bytes that all differ. */
const PACKET = Uint8Array.from({ length: 90 }, (_, i) => (i * 37 + 11) & 255);
PACKET.set([0x08, 0x00, 0x45, 0x00, 0x00, 0x4c], 12);

const memory = EngineMemory.create();
const trace = new TraceLog();
const host = createHostHelpers({ memory, trace, world: World.alone(memory) });
const FRAME = memory.alloc(4096);
const CTX = memory.alloc(256);

/** Lays the packet out as Linux's test run does. */
function layOut(type: string): void {
  const view = memory.view;
  memory.bytes.fill(0, CTX, CTX + 256);
  memory.bytes.fill(0, FRAME, FRAME + 4096);
  const data = FRAME + 256;
  memory.write(data, PACKET);
  const fields =
    type === 'xdp'
      ? [
          [XDP_DATA, data],
          [XDP_DATA_END, data + PACKET.length],
          [XDP_DATA_META, data],
          [XDP_HARD_START, FRAME],
          [XDP_FRAME_END, FRAME + 4096 - 320],
        ]
      : [
          [SKB_LEN, PACKET.length],
          [SKB_DATA, data],
          [SKB_DATA_END, data + PACKET.length],
          [SKB_HEAD, FRAME],
          [SKB_END, FRAME + 4096],
          [SKB_MAC_HEADER, data],
          [SKB_NETWORK_HEADER, data + 14],
        ];
  for (const [offset, value] of fields) view.setUint32(CTX + offset!, value!, true);
}

function runHere(type: string, source: string): { r0: number; packet: Uint8Array } {
  layOut(type);
  const r0 = interpret(
    {
      insns: assemble(source),
      functions: [0 as InsnIndex],
      maps: [],
      helper: (id) => bindingFor(id, { programType: type }),
      facts: undefined,
      sandbox: false,
    },
    {
      memory: memory.memory,
      r1: BigInt(CTX),
      stackTop: memory.stackPointer.value,
      budget: 1000,
      runtime: memory.runtime,
      host,
      skbLoad,
    },
  );
  // A test run gives the metadata back in front of the packet.
  const [from, to] = type === 'xdp' ? [XDP_DATA_META, XDP_DATA_END] : [SKB_DATA, SKB_DATA_END];
  const start = memory.view.getUint32(CTX + from, true);
  const end = memory.view.getUint32(CTX + to, true);
  return { r0: Number(BigInt.asUintN(32, r0)), packet: memory.read(start, end - start) };
}

function skbLoad(ctx: bigint, offset: number, bytes: number): bigint | undefined {
  const load = memory.runtime[`skb_load_${bytes}`] as unknown as (ctx: number, offset: number) => bigint;
  const value = load(Number(ctx), offset);
  return value === -1n ? undefined : value;
}

function runOnLinux(type: string, source: string): { r0: number; packet: Uint8Array } {
  const load = progLoad({ type: hookByName(type)!.id, insns: assemble(source), license: 'GPL', logLevel: 1 });
  if (!load.ok) throw new Error(`${source}\n${load.log}`);
  using program = load.program;
  const run = progTestRun(program, { data: PACKET });
  return { r0: run.returnValue, packet: run.data.slice() };
}

const call = (name: string): string => `call ${helperId(name)}`;
const set = (...values: (number | bigint)[]): string =>
  values.map((value, i) => `r${i + 2} = ${value} ll`).join('\n');

/** A helper whose arguments after the context are numbers. */
const numbers = (name: string, ...args: (number | bigint)[]): string =>
  `${set(...args)}\n${call(name)}\nexit`;

/** A helper that fills the stack: its result, or with `peek` what the first 4 bytes became. */
const filled = (name: string, offset: number, size: number, extra: string, peek: boolean): string => `
  r6 = -1
  *(u64 *)(r10 - 16) = r6
  *(u64 *)(r10 - 8) = r6
  r2 = ${offset}
  r3 = r10
  r3 += -16
  r4 = ${size}
  ${extra}
  ${call(name)}
  ${peek ? 'r0 = *(u32 *)(r10 - 16)' : ''}
  exit`;

const store = (name: string, offset: number, size: number, extra: string): string => `
  r6 = 0x0102030405060708 ll
  *(u64 *)(r10 - 8) = r6
  r2 = ${offset}
  r3 = r10
  r3 += -8
  r4 = ${size}
  ${extra}
  ${call(name)}
  exit`;

const csumDiff = (words: readonly number[], fromSize: number, toSize: number, seed: number): string => `
  r6 = ${words[0]} ll
  *(u64 *)(r10 - 16) = r6
  r6 = ${words[1]} ll
  *(u64 *)(r10 - 8) = r6
  r1 = r10
  r1 += -16
  r2 = ${fromSize}
  r3 = r10
  r3 += -8
  r4 = ${toSize}
  r5 = ${seed} ll
  ${fromSize === 0 ? 'r1 = 0' : ''}
  ${toSize === 0 ? 'r3 = 0' : ''}
  ${call('bpf_csum_diff')}
  exit`;

const XDP: readonly string[] = [
  ...[-300, -217, -216, -212, -20, -1, 0, 1, 14, 76, 77, 100].map((n) => numbers('bpf_xdp_adjust_head', n)),
  ...[-100, -77, -76, -10, 0, 1, 20, 3000, 3430, 3431, 4000].map((n) => numbers('bpf_xdp_adjust_tail', n)),
  ...[-256, -252, -216, -220, -32, -8, -4, -3, 0, 4].map((n) => numbers('bpf_xdp_adjust_meta', n)),
  `r9 = r1\nr2 = -16\n${call('bpf_xdp_adjust_meta')}\nr1 = r9\nr2 = -180\n${call('bpf_xdp_adjust_head')}\nr1 = r9\nr2 = -20\n${call('bpf_xdp_adjust_head')}\nr6 = *(u32 *)(r9 + 0)\nr7 = *(u32 *)(r9 + 8)\nr6 -= r7\nr0 <<= 16\nr0 |= r6\nexit`,
  numbers('bpf_xdp_get_buff_len'),
  ...[0, 40, 75, 74, 90, 91].flatMap((at) =>
    [false, true].map((peek) => filled('bpf_xdp_load_bytes', at, 16, '', peek)),
  ),
  ...[0, 40, 82, 83, 90].map((at) => store('bpf_xdp_store_bytes', at, 8, '')),
  `r1 = 5\nr2 = 0\n${call('bpf_redirect')}\nexit`,
  `r1 = 5\nr2 = 1\n${call('bpf_redirect')}\nexit`,
];

const SKB: readonly string[] = [
  ...[0, 40, 74, 75, 89, -1].flatMap((at) =>
    [false, true].flatMap((peek) => [
      filled('bpf_skb_load_bytes', at, 16, '', peek),
      filled('bpf_skb_load_bytes_relative', at, 16, 'r5 = 0', peek),
      filled('bpf_skb_load_bytes_relative', at, 16, 'r5 = 1', peek),
      filled('bpf_skb_load_bytes_relative', at, 16, 'r5 = 2', peek),
    ]),
  ),
  ...[0, 40, 82, 83, -1].flatMap((at) =>
    [0, 1, 2, 4].map((flags) => store('bpf_skb_store_bytes', at, 8, `r5 = ${flags}`)),
  ),
  ...[0, 14, 90, 91].map((n) => numbers('bpf_skb_pull_data', n)),
  ...[24, 25, 88, 89, 70000].flatMap((at) =>
    [
      [0, 0x1234, 0],
      [5, 0x1234, 0],
      [0x1111, 0x2222, 2],
      [0xffff, 0, 2],
      [0, 0xffff, 2],
      [0x01020304, 0xc0a80101, 4],
      [0, 0, 4],
      [0xffffffff, 0, 4],
      [1, 2, 3],
      [1, 2, 16],
      [1, 2, 0x22],
      [1, 2, 0x64],
      [1, 2, 0x94],
      [1, 2, 0x100],
    ].flatMap(([from, to, flags]) => [
      numbers('bpf_l3_csum_replace', at, from!, to!, flags!),
      numbers('bpf_l4_csum_replace', at, from!, to!, flags!),
    ]),
  ),
  ...[
    [0x01020304, 0xfffefdfc],
    [0, 0],
    [0xffffffff, 0xffffffff],
    [0x8000, 0x7fff],
  ].flatMap((words) =>
    [
      [4, 4],
      [0, 4],
      [4, 0],
      [8, 8],
      [8, 4],
      [0, 0],
    ].flatMap(([from, to]) => [0, 1, 0xffff, 0xfffffff0].map((seed) => csumDiff(words, from!, to!, seed))),
  ),
  `r1 = 5\nr2 = 1\n${call('bpf_redirect')}\nexit`,
  `r1 = 5\nr2 = 2\n${call('bpf_redirect')}\nexit`,
  ...[0, 12, 86, 87, -0x100000, -0x200000, -0x100000 + 72, -0x100000 + 73, -0x1ffff0].map(
    (at) => `r6 = r1\nr0 = *(u32 *)skb[${at}]\nexit`,
  ),
];

test
  .skipIf(!available)
  .each([
    ...XDP.map((source) => ['xdp', source] as const),
    ...SKB.map((source) => ['sched_cls', source] as const),
  ])(`%s: helpers give Linux's result and packet ${reason}%#`, (type, source) => {
  expect(runHere(type, source)).toEqual(runOnLinux(type, source));
});
