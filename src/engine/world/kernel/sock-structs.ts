import { type Address, IPV4, IPV6 } from '../address.js';
import type { SimulatedSocket } from '../sockets.js';
import type { KernelObjects } from './objects.js';
import { networkOrder, type StructWriter } from './struct-writer.js';

/** Fills in a `struct sock`, and what TCP and UDP have behind it. */
export function fillSock(objects: KernelObjects, writer: StructWriter, socket: SimulatedSocket): void {
  const address = socket.kernelAddress;
  const { local, remote } = socket;
  const isV4 = socket.family === IPV4;
  const c = '__sk_common.';
  writer.set('sock', address, {
    [`${c}skc_family`]: socket.family,
    [`${c}skc_state`]: socket.state,
    [`${c}skc_num`]: socket.hasPort ? local.port : 0,
    [`${c}skc_dport`]: networkOrder(remote.port),
    [`${c}${isV4 ? 'skc_rcv_saddr' : 'skc_v6_rcv_saddr'}`]: local.ip,
    [`${c}${isV4 ? 'skc_daddr' : 'skc_v6_daddr'}`]: remote.ip,
    [`${c}skc_net.net`]: objects.net(socket.namespace),
    [`${c}skc_cookie.counter`]: socket.cookie,
    [`${c}skc_reuseport`]: socket.sharesPort ? 1 : 0,
    sk_type: socket.type,
    sk_protocol: socket.protocol,
    sk_mark: socket.mark,
    sk_priority: socket.priority,
    sk_socket: objects.socket(socket),
    'sk_uid.val': socket.owner.uid,
    'sk_cgrp_data.cgroup': objects.cgroup(socket.owner.cgroup),
    sk_ack_backlog: socket.tcp?.accepted.length ?? 0,
    sk_max_ack_backlog: socket.tcp?.backlog ?? 0,
  });
  writer.set('inet_sock', address, {
    inet_saddr: isV4 ? local.ip : 0,
    inet_sport: networkOrder(local.port),
  });
  if (socket.tcp === undefined) return;
  const { tcp } = socket;
  const { counts } = tcp;
  writer.set('tcp_sock', address, {
    snd_una: tcp.sndUna,
    snd_nxt: tcp.sndNxt,
    rcv_nxt: tcp.rcvNxt,
    snd_wnd: tcp.sndWnd,
    snd_cwnd: 10,
    srtt_us: tcp.srtt,
    mss_cache: tcp.mss,
    packets_out: tcp.unacked.length,
    segs_in: counts.segsIn,
    segs_out: counts.segsOut,
    data_segs_in: counts.dataSegsIn,
    data_segs_out: counts.dataSegsOut,
    bytes_received: BigInt(counts.bytesReceived),
    bytes_acked: BigInt(counts.bytesAcked),
    bytes_sent: BigInt(counts.bytesSent),
    total_retrans: counts.retransmissions,
  });
}

/** SS_UNCONNECTED and SS_CONNECTED */
const SOCKET_STATE = { unconnected: 1, connected: 3 } as const;

/** Fills in a `struct socket`; it and its `struct sock` name each other. */
export function fillSocket(
  _objects: KernelObjects,
  writer: StructWriter,
  address: number,
  socket: SimulatedSocket,
): void {
  writer.set('socket', address, {
    state: socket.isConnected ? SOCKET_STATE.connected : SOCKET_STATE.unconnected,
    type: socket.type,
    sk: socket.kernelAddress,
  });
}

/** `struct sockaddr_in` or `struct sockaddr_in6`. */
export function sockaddrOf({ ip, port }: Address): Uint8Array {
  const isV4 = ip.length === 4;
  const bytes = new Uint8Array(isV4 ? 16 : 28);
  bytes[0] = isV4 ? IPV4 : IPV6;
  bytes[2] = port >> 8;
  bytes[3] = port & 0xff;
  bytes.set(ip, isV4 ? 4 : 8);
  return bytes;
}
