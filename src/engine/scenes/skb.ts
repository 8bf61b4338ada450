import { KernelError } from '../../errors/errno.js';
import type { RunInput } from '../../kernel/kernel.js';
import type { EngineMemory } from '../memory.js';
import * as L from '../runtime/layout.js';
import {
  ETH_HLEN,
  givenCtx,
  LOOPBACK_IFINDEX,
  NOTHING,
  refuseCtx,
  requirePacket,
  type SceneMaker,
  Stage,
} from './scene.js';

/** Room in front of the packet and behind it; helpers that need more take it themselves. */
const HEADROOM = 256;
const TAILROOM = 320;
const SKB_SIZE = 192;
const ETH_P_IP = 0x0008;
const ETH_P_IPV6 = 0xdd86;
const AF_INET = 2;
const AF_INET6 = 10;
const GSO_MAX_SEGS = 0xffff;
const GSO_MAX_SIZE = 65536;

/** Socket buffers, as programs of tc see them (from the link-layer header on) or as sockets do (from the network header). */
export function skbScene(linkLayer: boolean): SceneMaker {
  return (memory, input) => {
    const packet = requirePacket(input);
    const given = input.ctx === undefined ? undefined : checkedCtx(input, packet.length);
    const stage = new Stage(memory);
    const frame = stage.block(HEADROOM + packet.length + TAILROOM);
    const ctx = stage.block(L.SKB_CTX_SIZE);
    const mac = frame + HEADROOM;
    memory.write(mac, packet);
    if (given !== undefined) memory.write(ctx, given);
    layOut(stage, {
      ctx,
      frame,
      mac,
      packet,
      linkLayer,
      measured: given !== undefined,
    });
    const field = (offset: number) => memory.u32(ctx + offset);
    return {
      ctx,
      packetStart: () => field(L.SKB_DATA),
      packetAfter: () => {
        const payload = memory.read(field(L.SKB_DATA), field(L.SKB_LEN));
        if (linkLayer) return payload;
        // Linux gives the room of the link-layer header back zeroed.
        const whole = new Uint8Array(ETH_HLEN + payload.length);
        whole.set(payload, ETH_HLEN);
        return whole;
      },
      ctxAfter: () => (given === undefined ? NOTHING : ctxAfter(memory, ctx, given)),
      close() {
        memory.runtime.skb_release(ctx);
        stage.close();
      },
    };
  };
}

interface SkbLayout {
  readonly ctx: number;
  readonly frame: number;
  readonly mac: number;
  readonly packet: Uint8Array;
  readonly linkLayer: boolean;
  /** Linux fills `wire_len` in only for a caller who gives a context. */
  readonly measured: boolean;
}

function layOut(stage: Stage, { ctx, frame, mac, packet, linkLayer, measured }: SkbLayout): void {
  const { memory } = stage;
  const start = linkLayer ? mac : mac + ETH_HLEN;
  const end = mac + packet.length;
  const protocol = new DataView(packet.buffer, packet.byteOffset).getUint16(12, true);
  const socket = testSocket(stage, protocol, packet.subarray(ETH_HLEN));
  stage.set(ctx, [
    [L.SKB_LEN, end - start],
    [L.SKB_PKT_TYPE, packetType(packet)],
    [L.SKB_PROTOCOL, protocol],
    [L.SKB_IFINDEX, memory.u32(ctx + L.SKB_IFINDEX) || LOOPBACK_IFINDEX],
    [L.SKB_WIRE_LEN, memory.u32(ctx + L.SKB_WIRE_LEN) || (measured ? end - start : 0)],
    [L.SKB_DATA, start],
    [L.SKB_DATA_END, end],
    [L.SKB_DATA_META, start],
    [L.SKB_SK, socket],
    [L.SKB_HEAD, frame],
    [L.SKB_END, end + TAILROOM],
    [L.SKB_MAC_HEADER, mac],
    [L.SKB_NETWORK_HEADER, mac + ETH_HLEN],
    [L.SKB_FAMILY, memory.u32(socket + L.SOCK_FAMILY)],
  ]);
  memory.write(ctx + L.SKB_REMOTE_IP4, memory.read(socket + L.SOCK_DST_IP4, 4));
  memory.write(ctx + L.SKB_LOCAL_IP4, memory.read(socket + L.SOCK_SRC_IP4, 4));
  memory.write(ctx + L.SKB_REMOTE_IP6, memory.read(socket + L.SOCK_DST_IP6, 16));
  memory.write(ctx + L.SKB_LOCAL_IP6, memory.read(socket + L.SOCK_SRC_IP6, 16));
}

/** The socket that a test packet belongs to: of no protocol, with the packet's addresses. */
function testSocket(stage: Stage, protocol: number, network: Uint8Array): number {
  const { memory } = stage;
  const socket = stage.block(L.SOCK_SIZE);
  memory.runtime.sock_init(socket);
  if (protocol === ETH_P_IP) {
    stage.set(socket, [[L.SOCK_FAMILY, AF_INET]]);
    if (network.length >= 20) {
      memory.write(socket + L.SOCK_SRC_IP4, network.subarray(12, 16));
      memory.write(socket + L.SOCK_DST_IP4, network.subarray(16, 20));
    }
  } else if (protocol === ETH_P_IPV6) {
    stage.set(socket, [[L.SOCK_FAMILY, AF_INET6]]);
    if (network.length >= 40) {
      memory.write(socket + L.SOCK_SRC_IP6, network.subarray(8, 24));
      memory.write(socket + L.SOCK_DST_IP6, network.subarray(24, 40));
    }
  }
  return socket;
}

/** The fields of `__sk_buff` that a test run takes from its caller. */
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

/** What Linux lets a caller say in `struct __sk_buff`. */
function checkedCtx(input: RunInput, packet: number): Uint8Array {
  const bytes = givenCtx(input, '__sk_buff', SKB_SIZE);
  const stray = bytes.findIndex(
    (byte, at) => byte !== 0 && !SKB_INPUT.some(([offset, size]) => at >= offset && at < offset + size),
  );
  if (stray >= 0)
    refuseCtx(`byte ${stray} of the given __sk_buff cannot be set in a test run`, { offset: stray });
  const view = new DataView(bytes.buffer);
  const wire = view.getUint32(L.SKB_WIRE_LEN, true);
  if (wire !== 0 && (wire < packet || wire > GSO_MAX_SIZE))
    refuseCtx(`wire_len is ${packet} to ${GSO_MAX_SIZE}, not ${wire}`, { wireLength: wire });
  if (view.getUint32(L.SKB_GSO_SEGS, true) > GSO_MAX_SEGS) refuseCtx(`gso_segs is at most ${GSO_MAX_SEGS}`);
  const ifindex = view.getUint32(L.SKB_IFINDEX, true);
  if (ifindex > LOOPBACK_IFINDEX)
    throw new KernelError('ENODEV', `there is no device ${ifindex} in a test run`, { facts: { ifindex } });
  return bytes;
}

function ctxAfter(memory: EngineMemory, ctx: number, given: Uint8Array): Uint8Array {
  const bytes = given.slice();
  for (const [offset, size] of SKB_INPUT) {
    // Linux leaves the size of segments as it was given, whatever became of it.
    if (offset !== L.SKB_GSO_SIZE) bytes.set(memory.read(ctx + offset, size), offset);
  }
  return bytes;
}

/** PACKET_HOST 0, PACKET_MULTICAST 2, PACKET_OTHERHOST 3, as seen by the loopback device, which has no broadcast address. */
function packetType(packet: Uint8Array): number {
  const destination = packet.subarray(0, 6);
  if (((destination[0] ?? 0) & 1) !== 0) return 2;
  return destination.every((byte) => byte === 0) ? 0 : 3;
}
