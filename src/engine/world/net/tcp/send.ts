import { isUnspecified } from '../../address.js';
import { type SimulatedSocket, STATE } from '../../sockets.js';
import { sendIp } from '../ip.js';
import { PROTOCOL } from '../ip-header.js';
import type { NetNamespace } from '../namespace.js';
import type { NetStack } from '../stack.js';
import { ACK_DELAY, LEAST_TIMEOUT, MOST_TIMEOUT, type TcpConnection, type Unacked } from './connection.js';
import { after, buildSegment, distance, FLAG, type Segment } from './segment.js';
import { tellSockOps } from './sock-ops.js';
import { connectionOf, finish, socketFields } from './state.js';

/** Times that a SYN and other segments are sent again: net.ipv4.tcp_syn_retries, tcp_retries2. */
const SYN_RETRIES = 6;
const DATA_RETRIES = 15;
const IP_HEADER = { 4: 20, 16: 40 } as const;
const TCP_HEADER = 20;

/** The largest segment that fits a device. */
export function mssFor(mtu: number, ip: Uint8Array): number {
  return Math.min(mtu, 0xffff) - IP_HEADER[ip.length as 4 | 16] - TCP_HEADER;
}

/** Sends a segment of no socket's: a reset, or an answer for a connection that is over. */
export function sendBare(
  net: NetStack,
  namespace: NetNamespace,
  {
    src,
    dst,
    socket,
  }: { readonly src: Uint8Array; readonly dst: Uint8Array; readonly socket?: SimulatedSocket },
  segment: Segment,
): void {
  const way = namespace.findWay(dst);
  if (way === undefined) return;
  const bytes = buildSegment(segment, { src, dst });
  sendIp(net, { namespace, way, src, dst, protocol: PROTOCOL.tcp, ...(socket && { socket }) }, bytes);
}

/** Sends one segment of a connection as it is. @returns 0, or a negated errno */
function transmit(
  net: NetStack,
  socket: SimulatedSocket,
  { seq, flags, data }: Omit<Unacked, 'sentAt' | 'again'>,
): number {
  const connection = connectionOf(socket);
  const { local, remote, namespace } = socket;
  const way = namespace.wayTo(remote.ip);
  const segment: Segment = {
    srcPort: local.port,
    dstPort: remote.port,
    seq,
    ack: flags & FLAG.ack ? connection.rcvNxt : 0,
    flags,
    window: connection.window,
    data,
    ...(flags & FLAG.syn ? { mss: mssFor(way.device.mtu, local.ip) } : {}),
  };
  connection.counts.segsOut++;
  if (data.length > 0) noteAnswer(net, connection);
  if (flags & FLAG.ack) noteAck(connection);
  const [src, dst] = [local.ip, remote.ip];
  return sendIp(
    net,
    { namespace, way, src, dst, protocol: PROTOCOL.tcp, socket },
    buildSegment(segment, { src, dst }),
  );
}

/** Data that follows data closely is an answer: from then on acknowledgements wait for the next one. */
function noteAnswer(net: NetStack, connection: TcpConnection): void {
  connection.counts.dataSegsOut++;
  if (net.clock.now - connection.receivedAt < ACK_DELAY) connection.answers++;
}

function noteAck(connection: TcpConnection): void {
  connection.ackTimer?.cancel();
  connection.ackTimer = undefined;
  connection.ackSent = connection.rcvNxt;
  if (connection.quickAcks > 0) connection.quickAcks--;
}

/** Acknowledges now, or soon. Linux: __tcp_ack_snd_check. */
export function acknowledge(net: NetStack, socket: SimulatedSocket): void {
  const connection = connectionOf(socket);
  const isMuch = distance(connection.ackSent, connection.rcvNxt) > connection.mss;
  if (isMuch || (connection.quickAcks > 0 && connection.answers === 0)) {
    sendAck(net, socket);
    return;
  }
  connection.ackTimer ??= net.clock.after(ACK_DELAY, () => {
    connection.ackTimer = undefined;
    if (socket.state !== STATE.close) sendAck(net, socket);
  });
}

/** An acknowledgement of what came in so far. */
export function sendAck(net: NetStack, socket: SimulatedSocket): void {
  transmit(net, socket, { seq: connectionOf(socket).sndNxt, flags: FLAG.ack, data: new Uint8Array(0) });
}

/** Sends a segment that wants to be acknowledged, and sends it again until it is. */
export function sendReliably(
  net: NetStack,
  socket: SimulatedSocket,
  flags: number,
  data = new Uint8Array(0),
): number {
  const connection = connectionOf(socket);
  const segment = { seq: connection.sndNxt, flags, data, sentAt: net.clock.now, again: false };
  connection.unacked.push(segment);
  connection.sndNxt = after(connection.sndNxt, data.length + (flags & (FLAG.syn | FLAG.fin) ? 1 : 0));
  connection.counts.bytesSent += data.length;
  if (connection.timer === undefined) armTimer(net, socket);
  return transmit(net, socket, segment);
}

/** Takes bytes for the other end, and sends what it has room for. */
export function sendData(net: NetStack, socket: SimulatedSocket, data: Uint8Array): void {
  const connection = connectionOf(socket);
  const joined = new Uint8Array(connection.pending.length + data.length);
  joined.set(connection.pending);
  joined.set(data, connection.pending.length);
  connection.pending = joined;
  flush(net, socket);
}

/** Sends what waits and fits. Linux: tcp_write_xmit. */
export function flush(net: NetStack, socket: SimulatedSocket): void {
  const connection = connectionOf(socket);
  while (connection.pending.length > 0) {
    const room = connection.sndWnd - connection.inFlight;
    if (room <= 0) return;
    const size = Math.min(connection.pending.length, connection.mss, room);
    const data = connection.pending.slice(0, size);
    connection.pending = connection.pending.slice(size);
    const last = connection.pending.length === 0;
    sendReliably(net, socket, FLAG.ack | (last ? FLAG.psh : 0), data);
  }
  if (!connection.finPending) return;
  connection.finPending = false;
  sendReliably(net, socket, FLAG.fin | FLAG.ack);
}

export function armTimer(net: NetStack, socket: SimulatedSocket): void {
  const connection = connectionOf(socket);
  connection.timer?.cancel();
  connection.timer = undefined;
  if (connection.unacked.length > 0)
    connection.timer = net.clock.after(connection.timeout, () => timedOut(net, socket));
}

/** The oldest segment was not acknowledged in time. Linux: tcp_retransmit_timer. */
function timedOut(net: NetStack, socket: SimulatedSocket): void {
  const connection = connectionOf(socket);
  const [oldest] = connection.unacked;
  connection.timer = undefined;
  if (oldest === undefined || socket.state === STATE.close) return;
  const most = oldest.flags & FLAG.syn ? SYN_RETRIES : DATA_RETRIES;
  const expired = connection.retries >= most;
  tellSockOps(net, socket, 'rto', [connection.retries, connection.timeout / 1e6, expired ? 1 : 0]);
  if (expired) {
    finish(net, socket, 'ETIMEDOUT');
    return;
  }
  connection.retries++;
  connection.counts.retransmissions++;
  oldest.again = true;
  const args = () => [net.trace.objects.sock(socket), 0n, 1n];
  const error = net.trace.call('tcp_retransmit_skb', args, () => transmit(net, socket, oldest));
  tellSockOps(net, socket, 'retransmission', [oldest.seq, 1, error]);
  net.trace.tracepoint('tcp_retransmit_skb', () => ({
    record: {
      skaddr: net.trace.objects.sock(socket),
      state: socket.state,
      ...socketFields(socket),
      err: error,
    },
    args: () => [net.trace.objects.sock(socket), 0n, BigInt(error)],
  }));
  connection.timeout = Math.min(connection.timeout * 2, MOST_TIMEOUT);
  armTimer(net, socket);
}

/** Takes out what an acknowledgement covers, and learns how long it took. */
export function acknowledged(net: NetStack, socket: SimulatedSocket, ack: number): void {
  const connection = connectionOf(socket);
  let newest: Unacked | undefined;
  while (connection.unacked.length > 0) {
    const [first] = connection.unacked as [Unacked];
    const end = after(first.seq, first.data.length + (first.flags & (FLAG.syn | FLAG.fin) ? 1 : 0));
    if (((ack - end) | 0) < 0) break;
    connection.unacked.shift();
    connection.counts.bytesAcked += first.data.length;
    newest = first;
  }
  connection.sndUna = ack;
  if (newest === undefined) return;
  connection.retries = 0;
  if (connection.srtt !== 0) connection.timeout = LEAST_TIMEOUT;
  armTimer(net, socket);
  if (!newest.again) measure(net, socket, Math.max(1, Math.round((net.clock.now - newest.sentAt) / 1000)));
}

/** Smooths the round trip. Linux: tcp_rtt_estimator. */
function measure(net: NetStack, socket: SimulatedSocket, microseconds: number): void {
  const connection = connectionOf(socket);
  connection.srtt =
    connection.srtt === 0 ? microseconds << 3 : connection.srtt + microseconds - (connection.srtt >> 3);
  tellSockOps(net, socket, 'rtt', [microseconds, connection.srtt]);
}

/** The address that a socket sends from. */
export function sourceFor(socket: SimulatedSocket, to: Uint8Array): Uint8Array {
  const { ip } = socket.local;
  return isUnspecified(ip) ? socket.namespace.wayTo(to).source : ip;
}
