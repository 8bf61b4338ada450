// The replay loop: for each packet of a batch, what Linux would do with a frame that a device received or sent, as far
// as programs can see it. Order on receive: XDP, net/netif_receive_skb, packet sockets, tc ingress (net/core/dev.c).
import {
  SYS_CLOCK_NS, XDP_DATA, XDP_DATA_END, XDP_DATA_META, XDP_EGRESS_IFINDEX, XDP_FRAME_END,
  XDP_HARD_START, XDP_HEADROOM, XDP_INGRESS_IFINDEX, XDP_RX_QUEUE_INDEX,
} from '../layout';
import {
  ENTRY_SIZE, ENTRY_VERDICTS, PACKET_CAPTURED, PACKET_ETHERTYPE, PACKET_LENGTH,
  PACKET_NANOSECONDS, PACKET_OFFSET, PACKET_SECONDS, PACKET_STRIDE, POINT_SOCKET, POINT_TC_EGRESS, POINT_TC_INGRESS,
  POINT_XDP, RP_BYTES, RP_DATA, RP_FLAG_CLOCK, RP_FLAG_EGRESS, RP_FLAGS, RP_FRAME, RP_IFINDEX,
  RP_INDEX, RP_PACKETS, RP_SYNS_V4, RP_SYNS_V6, RP_TIME, RP_XDP, SHARED_INFO_SIZE,
  TP_INET_SOCK_SET_STATE, TP_NET_DEV_QUEUE, TP_NETIF_RECEIVE_SKB, TP_TCP_V4_CONNECT, TP_TCP_V6_CONNECT, VERDICT_OTHER,
  VERDICT_UNSPEC, XDP_FRAME_SIZE,
} from '../replay-layout';
import { add, count, entries, isWatched, runEntry } from './points';
import { frameEnter, skbFill } from './skb';
import { synClassify } from './syn';
import { fireConnect, fireDevice, fireSockState } from './tracepoints';

const XDP_PASS: u32 = 2;
const TC_OK: i32 = 0;
const TC_SHOT: i32 = 2;
const TC_REDIRECT: i32 = 7;
const ETH_HEADER: u32 = 14;

function countVerdict(entry: usize, verdict: u32): void {
  const index: u32 = verdict < <u32>VERDICT_UNSPEC ? verdict : verdict == 0xffffffff ? VERDICT_UNSPEC : VERDICT_OTHER;
  add(entry + ENTRY_VERDICTS + (<usize>index << 3), 1);
}

/** Copies by words: the source may be read, and the target written, up to 7 bytes past the end. */
function copyFrame(target: usize, source: usize, size: u32): void {
  if (size > 512) {
    memory.copy(target, source, size);
    return;
  }
  const end = source + size;
  while (source < end) {
    store<u64>(target, load<u64>(source));
    source += 8;
    target += 8;
  }
}

/** Puts the packet behind the headroom, with an Ethernet header of zero addresses when it has none. @returns its size */
function makeFrame(frame: usize, source: usize, captured: u32, etherType: u32): u32 {
  if (etherType == 0) {
    copyFrame(frame, source, captured);
    return captured;
  }
  store<u64>(frame, 0);
  store<u32>(frame, 0, 8);
  store<u16>(frame, bswap<u16>(<u16>etherType), 12);
  copyFrame(frame + ETH_HEADER, source, captured);
  return captured + ETH_HEADER;
}

/** @returns whether the packet goes on to the stack */
function runXdp(state: usize, size: u32): bool {
  if (!count(state, POINT_XDP)) return true;
  const ctx = <usize>load<u32>(state, RP_XDP);
  const area = load<u32>(state, RP_FRAME);
  const data = area + XDP_HEADROOM;
  store<u32>(ctx, data, XDP_DATA);
  store<u32>(ctx, data + size, XDP_DATA_END);
  store<u32>(ctx, data, XDP_DATA_META);
  store<u32>(ctx, load<u32>(state, RP_IFINDEX), XDP_INGRESS_IFINDEX);
  store<u32>(ctx, 0, XDP_RX_QUEUE_INDEX);
  store<u32>(ctx, 0, XDP_EGRESS_IFINDEX);
  store<u32>(ctx, area, XDP_HARD_START);
  const room: u32 = XDP_FRAME_SIZE - XDP_HEADROOM - SHARED_INFO_SIZE;
  store<u32>(ctx, data + (size > room ? size : room), XDP_FRAME_END);
  const entry = entries(state, POINT_XDP);
  const verdict = runEntry(entry, ctx);
  countVerdict(entry, verdict);
  return verdict == XDP_PASS;
}

/** Packet sockets: each filter gets a context of its own. */
function runSockets(state: usize): void {
  const total = count(state, POINT_SOCKET);
  let entry = entries(state, POINT_SOCKET);
  for (let i: u32 = 0; i < total; i++) {
    countVerdict(entry, runEntry(entry, skbFill(state)) ? 1 : 0);
    entry += ENTRY_SIZE;
  }
}

/** As tcx runs its programs: one that does not decide leaves the packet to the next. @returns whether it goes on */
function runTc(state: usize, point: u32): bool {
  const total = count(state, point);
  if (!total) return true;
  const ctx = skbFill(state);
  let entry = entries(state, point);
  for (let i: u32 = 0; i < total; i++) {
    const verdict = <i32>runEntry(entry, ctx);
    countVerdict(entry, <u32>verdict);
    if (verdict == TC_OK) return true;
    if (verdict == TC_SHOT || verdict == TC_REDIRECT) return false;
    entry += ENTRY_SIZE;
  }
  return true;
}

function receive(state: usize, size: u32, wire: u32): void {
  if (!runXdp(state, size)) return;
  let data = load<u32>(state, RP_FRAME) + XDP_HEADROOM;
  if (count(state, POINT_XDP)) {
    const ctx = <usize>load<u32>(state, RP_XDP);
    const moved = load<u32>(ctx, XDP_DATA);
    const left = load<u32>(ctx, XDP_DATA_END) - moved;
    wire = left > size ? wire + (left - size) : wire - min(wire, size - left);
    data = moved;
    size = left;
  }
  if (isWatched(state, TP_NETIF_RECEIVE_SKB)) fireDevice(state, TP_NETIF_RECEIVE_SKB, wire - min(wire, ETH_HEADER));
  if (!(count(state, POINT_SOCKET) | count(state, POINT_TC_INGRESS))) return;
  frameEnter(state, data, size, wire);
  runSockets(state);
  runTc(state, POINT_TC_INGRESS);
}

/** Order on transmit: tc egress, net/net_dev_queue, packet sockets. */
function send(state: usize, size: u32, wire: u32): void {
  frameEnter(state, load<u32>(state, RP_FRAME) + XDP_HEADROOM, size, wire);
  if (!runTc(state, POINT_TC_EGRESS)) return;
  if (isWatched(state, TP_NET_DEV_QUEUE)) fireDevice(state, TP_NET_DEV_QUEUE, wire);
  runSockets(state);
}

/** The host that attempts a connection: its socket leaves CLOSE, tcp_v4_connect runs, the SYN is queued on its device. */
function connectionAttempt(state: usize, source: usize, captured: u32, wire: u32, etherType: u32): void {
  const family = synClassify(state, source, captured, etherType);
  if (!family) return;
  add(state + (family == 4 ? RP_SYNS_V4 : RP_SYNS_V6), 1);
  if (isWatched(state, TP_INET_SOCK_SET_STATE)) fireSockState(state, family);
  const connect: u32 = family == 4 ? TP_TCP_V4_CONNECT : TP_TCP_V6_CONNECT;
  if (isWatched(state, connect)) fireConnect(state, connect, family, wire);
  // A sent packet is queued by send().
  if (isWatched(state, TP_NET_DEV_QUEUE) && !(load<u32>(state, RP_FLAGS) & RP_FLAG_EGRESS)) {
    fireDevice(state, TP_NET_DEV_QUEUE, wire + (etherType ? ETH_HEADER : 0));
  }
}

@inline
function needsFrames(state: usize): bool {
  return (count(state, POINT_XDP) | count(state, POINT_SOCKET) | count(state, POINT_TC_INGRESS) |
    count(state, POINT_TC_EGRESS)) != 0 || isWatched(state, TP_NETIF_RECEIVE_SKB) || isWatched(state, TP_NET_DEV_QUEUE);
}

/** Replays packets `first` … `first + total - 1` of the batch that `state` describes. */
export function replay_run(state: usize, first: u32, total: u32): void {
  const flags = load<u32>(state, RP_FLAGS);
  const base = <usize>load<u32>(state, RP_DATA);
  const frame = <usize>load<u32>(state, RP_FRAME) + XDP_HEADROOM;
  const needsSyn = isWatched(state, TP_TCP_V4_CONNECT) || isWatched(state, TP_TCP_V6_CONNECT) ||
    isWatched(state, TP_INET_SOCK_SET_STATE) || isWatched(state, TP_NET_DEV_QUEUE);
  const frames = needsFrames(state);
  let packet = <usize>load<u32>(state, RP_INDEX) + <usize>first * PACKET_STRIDE;
  let bytes: u64 = 0;
  for (let i: u32 = 0; i < total; i++, packet += PACKET_STRIDE) {
    const source = base + load<u32>(packet, PACKET_OFFSET);
    const captured = load<u32>(packet, PACKET_CAPTURED);
    const wire = load<u32>(packet, PACKET_LENGTH);
    const etherType = load<u32>(packet, PACKET_ETHERTYPE);
    const time = <u64>load<u32>(packet, PACKET_SECONDS) * 1000000000 + load<u32>(packet, PACKET_NANOSECONDS);
    bytes += wire;
    store<u64>(state, time, RP_TIME);
    if (flags & RP_FLAG_CLOCK) store<u64>(SYS_CLOCK_NS, time);
    if (needsSyn) connectionAttempt(state, source, captured, wire, etherType);
    if (!frames) continue;
    const size = makeFrame(frame, source, captured, etherType);
    const length = wire + (size - captured);
    if (flags & RP_FLAG_EGRESS) send(state, size, length);
    else receive(state, size, length);
  }
  add(state + RP_PACKETS, total);
  add(state + RP_BYTES, bytes);
}
