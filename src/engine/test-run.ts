import { KernelError } from '../errors/errno.js';
import type { RunInput, RunResult } from '../kernel/kernel.js';
import type { EngineMemory } from './memory.js';
import * as L from './runtime/layout.js';

/** A program as a test run sees it. */
export interface Runnable {
  /** bpftool's word for its type. */
  readonly type: string;
  /** Its place in the function table. */
  readonly slot: number;
}

const ETH_HLEN = 14;
/** As Linux's test run: room before the packet, and after it for programs that grow it. */
const HEADROOM = L.XDP_HEADROOM;
const TAILROOM = 320;
const MAX_PACKET = 65535;
/** Packets arrive from the loopback device, as in Linux's test run. */
const LOOPBACK_IFINDEX = 1;
const MAX_REPEAT = 0xffffffff;

/** One run: where its context lies, and what to make of it afterwards. */
export interface Scene {
  readonly ctx: number;
  /** Frees what the scene allocated. */
  readonly blocks: readonly number[];
  packetAfter(): Uint8Array;
  ctxAfter(): Uint8Array;
}

type SceneMaker = (memory: EngineMemory, input: RunInput) => Scene;

const SCENES: Readonly<Record<string, SceneMaker>> = {
  xdp: xdpScene,
  sched_cls: (memory, input) => skbScene(memory, input, true),
  sched_act: (memory, input) => skbScene(memory, input, true),
  socket_filter: (memory, input) => skbScene(memory, input, false),
  raw_tracepoint: rawScene,
};

/**
 * BPF_PROG_TEST_RUN: runs a program on a packet or a context of the caller's, `repeat` times without resetting it in
 * between, as Linux does.
 * @throws {KernelError} EINVAL for a packet shorter than an Ethernet header or a context that does not fit,
 * EOPNOTSUPP for program types without test runs.
 */
export function testRun(
  memory: EngineMemory,
  program: Runnable,
  input: RunInput,
  now: () => number,
): RunResult {
  const repeat = input.repeat ?? 1;
  if (!Number.isInteger(repeat) || repeat < 0 || repeat > MAX_REPEAT)
    throw new KernelError('EINVAL', `repeat ${repeat} is no 32-bit count`);
  const times = repeat || 1;
  const scene = openScene(memory, program.type, input);
  try {
    const started = now();
    const r0 = memory.runtime.run_repeat(program.slot, BigInt(scene.ctx), times);
    const duration = (now() - started) / times;
    return {
      returnValue: Number(BigInt.asUintN(32, r0)),
      data: scene.packetAfter(),
      ctx: scene.ctxAfter(),
      duration,
    };
  } finally {
    for (const block of scene.blocks) memory.free(block);
  }
}

/** Whether programs of a type have a test run. */
export function hasTestRun(type: string): boolean {
  return SCENES[type] !== undefined;
}

/**
 * Lays a packet or a context out in the memory for a program of a type, as a test run does.
 * @throws {KernelError} as `testRun`
 */
export function openScene(memory: EngineMemory, type: string, input: RunInput): Scene {
  const make = SCENES[type];
  if (make === undefined) {
    throw new KernelError('EOPNOTSUPP', `programs of type ${type} have no test run`, { facts: { type } });
  }
  return make(memory, input);
}

function requirePacket(input: RunInput): Uint8Array {
  const packet = input.data ?? new Uint8Array(0);
  if (packet.length < ETH_HLEN || packet.length > MAX_PACKET) {
    throw new KernelError(
      'EINVAL',
      `a test packet of ${packet.length} bytes; ${ETH_HLEN} to ${MAX_PACKET} are possible`,
      {
        facts: { size: packet.length },
        hint: 'give a whole Ethernet frame as data_in',
      },
    );
  }
  return packet;
}

function xdpScene(memory: EngineMemory, input: RunInput): Scene {
  const packet = requirePacket(input);
  const frame = memory.alloc(HEADROOM + packet.length + TAILROOM);
  const ctx = memory.alloc(L.XDP_CTX_SIZE);
  const data = frame + HEADROOM;
  memory.write(data, packet);
  memory.bytes.fill(0, ctx, ctx + L.XDP_CTX_SIZE);
  const { view } = memory;
  const set = (offset: number, value: number) => view.setUint32(ctx + offset, value, true);
  set(L.XDP_DATA, data);
  set(L.XDP_DATA_END, data + packet.length);
  set(L.XDP_DATA_META, data);
  set(L.XDP_INGRESS_IFINDEX, LOOPBACK_IFINDEX);
  set(L.XDP_HARD_START, frame);
  set(L.XDP_FRAME_END, data + packet.length + TAILROOM);
  const field = (offset: number) => memory.view.getUint32(ctx + offset, true);
  return {
    ctx,
    blocks: [frame, ctx],
    // As in Linux, with the metadata in front.
    packetAfter: () => memory.read(field(L.XDP_DATA_META), field(L.XDP_DATA_END) - field(L.XDP_DATA_META)),
    ctxAfter: () => memory.read(ctx, 24),
  };
}

function skbScene(memory: EngineMemory, input: RunInput, linkLayer: boolean): Scene {
  const packet = requirePacket(input);
  const frame = memory.alloc(HEADROOM + packet.length + TAILROOM);
  const ctx = memory.alloc(L.SKB_CTX_SIZE);
  const mac = frame + HEADROOM;
  memory.write(mac, packet);
  memory.bytes.fill(0, ctx, ctx + L.SKB_CTX_SIZE);
  const start = linkLayer ? mac : mac + ETH_HLEN;
  const { view } = memory;
  const set = (offset: number, value: number) => view.setUint32(ctx + offset, value, true);
  if (input.ctx !== undefined) copySkbFields(memory, ctx, input.ctx);
  set(L.SKB_LEN, mac + packet.length - start);
  set(L.SKB_PKT_TYPE, packetType(packet));
  set(L.SKB_PROTOCOL, view.getUint16(mac + 12, true));
  if (view.getUint32(ctx + L.SKB_IFINDEX, true) === 0) set(L.SKB_IFINDEX, LOOPBACK_IFINDEX);
  set(L.SKB_DATA, start);
  set(L.SKB_DATA_END, mac + packet.length);
  set(L.SKB_DATA_META, start);
  set(L.SKB_HEAD, frame);
  set(L.SKB_END, mac + packet.length + TAILROOM);
  set(L.SKB_MAC_HEADER, mac);
  set(L.SKB_NETWORK_HEADER, mac + ETH_HLEN);
  const field = (offset: number) => memory.view.getUint32(ctx + offset, true);
  return {
    ctx,
    blocks: [frame, ctx],
    packetAfter: () => {
      const payload = memory.read(field(L.SKB_DATA), field(L.SKB_LEN));
      if (linkLayer) return payload;
      // Linux gives the room of the link-layer header back zeroed.
      const whole = new Uint8Array(ETH_HLEN + payload.length);
      whole.set(payload, ETH_HLEN);
      return whole;
    },
    ctxAfter: () => memory.read(ctx, 192),
  };
}

/** The fields of `__sk_buff` that a test run takes from its caller (Linux `convert___skb_to_skb`). */
const SKB_INPUT: readonly (readonly [offset: number, size: number])[] = [
  [L.SKB_MARK, 4],
  [L.SKB_PRIORITY, 4],
  [L.SKB_INGRESS_IFINDEX, 4],
  [L.SKB_IFINDEX, 4],
  [L.SKB_CB, 20],
  [L.SKB_TSTAMP, 8],
  [L.SKB_WIRE_LEN, 4],
  [L.SKB_GSO_SEGS, 4],
  [L.SKB_GSO_SIZE, 4],
  [L.SKB_HWTSTAMP, 8],
];

function copySkbFields(memory: EngineMemory, ctx: number, given: Uint8Array): void {
  const covered = new Uint8Array(192);
  for (const [offset, size] of SKB_INPUT) {
    covered.fill(1, offset, offset + size);
    if (given.length >= offset + size) memory.write(ctx + offset, given.subarray(offset, offset + size));
  }
  const stray = given.findIndex((byte, offset) => byte !== 0 && covered[offset] !== 1);
  if (stray >= 0) {
    throw new KernelError('EINVAL', `byte ${stray} of the given __sk_buff cannot be set in a test run`, {
      facts: { offset: stray },
    });
  }
}

/** PACKET_HOST 0, PACKET_BROADCAST 1, PACKET_MULTICAST 2, PACKET_OTHERHOST 3, as seen by the loopback device. */
function packetType(packet: Uint8Array): number {
  const destination = packet.subarray(0, 6);
  if (destination.every((byte) => byte === 0xff)) return 1;
  if (((destination[0] ?? 0) & 1) !== 0) return 2;
  return destination.every((byte) => byte === 0) ? 0 : 3;
}

/** Raw tracepoints: the context is an array of 64-bit arguments, at most 12. */
function rawScene(memory: EngineMemory, input: RunInput): Scene {
  const given = input.ctx ?? new Uint8Array(0);
  if (given.length > 96 || given.length % 8 !== 0) {
    throw new KernelError(
      'EINVAL',
      `a raw tracepoint takes at most 12 arguments of 8 bytes, not ${given.length} bytes`,
    );
  }
  const ctx = memory.alloc(96);
  memory.bytes.fill(0, ctx, ctx + 96);
  memory.write(ctx, given);
  return {
    ctx,
    blocks: [ctx],
    packetAfter: () => new Uint8Array(0),
    ctxAfter: () => memory.read(ctx, given.length),
  };
}
