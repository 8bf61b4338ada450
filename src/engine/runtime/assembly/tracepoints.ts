// Records of the tracepoints that a replay fires. The layouts are written down in src/engine/world/tracepoints.ts; the
// first 8 bytes are private to the kernel and stay zero.
import { SKB_CTX_SIZE } from '../layout';
import {
  ENTRY_SIZE, POINT_TRACEPOINTS, RECORD_AREA, RP_IFINDEX, RP_NAME, RP_NAME_SIZE, RP_RECORD, RP_SKB, RP_SYN_DADDR,
  RP_SYN_ROOM, RP_SYN_SADDR, RP_SYN_TCP, RP_SYN_TTL, RP_TIME, TP_INET_SOCK_SET_STATE, TP_TCP_V4_CONNECT,
} from '../replay-layout';
import { count, entries, runEntry } from './points';

const TCP_CLOSE: u32 = 7;
const TCP_SYN_SENT: u32 = 2;
const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;
const IPPROTO_TCP: u16 = 6;
/** Raw arguments follow the record. */
const ARGS: usize = 160;

function runAll(state: usize, point: u32, ctx: usize): void {
  const total = count(state, point);
  let entry = entries(state, point);
  for (let i: u32 = 0; i < total; i++) {
    runEntry(entry, ctx);
    entry += ENTRY_SIZE;
  }
}

@inline
function record(state: usize): usize {
  const address = <usize>load<u32>(state, RP_RECORD);
  memory.fill(address, 0, RECORD_AREA);
  return address;
}

function fire(state: usize, tracepoint: u32, address: usize): void {
  const point = POINT_TRACEPOINTS + 2 * tracepoint;
  runAll(state, point, address);
  runAll(state, point + 1, address + ARGS);
}

@inline
function port(address: usize): u16 {
  return bswap<u16>(load<u16>(address));
}

/** net/netif_receive_skb and net/net_dev_queue. Raw argument: the skb. */
export function fireDevice(state: usize, tracepoint: u32, length: u32): void {
  const at = record(state);
  const skb = load<u32>(state, RP_SKB);
  const nameSize = load<u32>(state, RP_NAME_SIZE);
  store<u64>(at, skb, 8);
  store<u32>(at, length, 16);
  store<u32>(at, 24 | (nameSize << 16), 20);
  memory.copy(at + 24, load<u32>(state, RP_NAME), nameSize);
  store<u64>(at + ARGS, skb);
  fire(state, tracepoint, at);
}

/** sock/inet_sock_set_state from CLOSE to SYN_SENT. Raw arguments: the socket, both states. */
export function fireSockState(state: usize, family: u32): void {
  const at = record(state);
  const tcp = <usize>load<u32>(state, RP_SYN_TCP);
  const saddr = <usize>load<u32>(state, RP_SYN_SADDR);
  const daddr = <usize>load<u32>(state, RP_SYN_DADDR);
  // There is no socket object: its address is that of the skb context, which no other tracepoint confuses with one.
  const socket = load<u32>(state, RP_SKB) + SKB_CTX_SIZE;
  store<u64>(at, socket, 8);
  store<u32>(at, TCP_CLOSE, 16);
  store<u32>(at, TCP_SYN_SENT, 20);
  store<u16>(at, port(tcp), 24);
  store<u16>(at, port(tcp + 2), 26);
  store<u16>(at, family == 4 ? AF_INET : AF_INET6, 28);
  store<u16>(at, IPPROTO_TCP, 30);
  if (family == 4) {
    store<u32>(at, load<u32>(saddr), 32);
    store<u32>(at, load<u32>(daddr), 36);
    // Linux writes IPv4 addresses also as IPv4-mapped IPv6 ones.
    store<u16>(at, 0xffff, 50);
    store<u32>(at, load<u32>(saddr), 52);
    store<u16>(at, 0xffff, 66);
    store<u32>(at, load<u32>(daddr), 68);
  } else {
    memory.copy(at + 40, saddr, 16);
    memory.copy(at + 56, daddr, 16);
  }
  store<u64>(at + ARGS, socket);
  store<u64>(at + ARGS, TCP_CLOSE, 8);
  store<u64>(at + ARGS, TCP_SYN_SENT, 16);
  fire(state, TP_INET_SOCK_SET_STATE, at);
}

/** tcp/tcp_v4_connect and tcp/tcp_v6_connect. Raw arguments: addresses of the record's saddr and daddr, ports, flags. */
export function fireConnect(state: usize, tracepoint: u32, family: u32, wire: u32): void {
  const at = record(state);
  const tcp = <usize>load<u32>(state, RP_SYN_TCP);
  const saddr = <usize>load<u32>(state, RP_SYN_SADDR);
  const daddr = <usize>load<u32>(state, RP_SYN_DADDR);
  let rest = at + 16;
  if (tracepoint == TP_TCP_V4_CONNECT) {
    store<u32>(at, load<u32>(saddr), 8);
    store<u32>(at, load<u32>(daddr), 12);
  } else {
    memory.copy(at + 8, saddr, 16);
    memory.copy(at + 24, daddr, 16);
    rest = at + 40;
  }
  store<u16>(rest, port(tcp));
  store<u16>(rest, port(tcp + 2), 2);
  store<u8>(rest, load<u8>(tcp, 13), 4);
  store<u8>(rest, <u8>load<u32>(state, RP_SYN_TTL), 5);
  // A frame may end behind the flags.
  if (load<u32>(state, RP_SYN_ROOM) >= 16) store<u16>(rest, port(tcp + 14), 6);
  store<u32>(rest, bswap<u32>(load<u32>(tcp, 4)), 8);
  store<u32>(rest, load<u32>(state, RP_IFINDEX), 12);
  store<u64>(rest, load<u64>(state, RP_TIME), 16);
  store<u32>(rest, wire, 24);
  store<u64>(at + ARGS, at + 8);
  store<u64>(at + ARGS, family == 4 ? at + 12 : at + 24, 8);
  store<u64>(at + ARGS, port(tcp), 16);
  store<u64>(at + ARGS, port(tcp + 2), 24);
  store<u64>(at + ARGS, load<u8>(tcp, 13), 32);
  fire(state, tracepoint, at);
}
