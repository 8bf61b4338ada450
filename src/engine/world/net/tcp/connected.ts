import { type SimulatedSocket, STATE } from '../../sockets.js';
import { deliverStream } from '../../sockmap/stream.js';
import type { Arrived } from '../ip.js';
import type { NetStack } from '../stack.js';
import { reset } from './reset.js';
import { after, distance, FLAG, type Segment } from './segment.js';
import { acknowledge, acknowledged, flush, sendAck } from './send.js';
import { callSockOps, OP } from './sock-ops.js';
import { connectionOf, finish, setState } from './state.js';
import { enterTimeWait } from './time-wait.js';

/** A segment of a connection that is being made, is there, or ends. */
export function receiveInConnection(arrived: Arrived, socket: SimulatedSocket, segment: Segment): void {
  const { net } = arrived;
  if (socket.state === STATE.synSent) {
    receiveAnswer(arrived, socket, segment);
    return;
  }
  if (socket.state === STATE.close) {
    reset(arrived, segment);
    return;
  }
  const connection = connectionOf(socket);
  if (segment.flags & FLAG.rst) {
    receiveReset(net, socket, segment);
    return;
  }
  if (segment.flags & FLAG.syn) {
    sendAck(net, socket);
    return;
  }
  if (segment.flags & FLAG.ack) {
    const ahead = distance(connection.sndUna, segment.ack);
    if (ahead > connection.inFlight) {
      sendAck(net, socket);
      return;
    }
    connection.sndWnd = segment.window;
    if (ahead >= 0) acknowledged(net, socket, segment.ack);
    if (!afterAck(net, socket, (segment.flags & FLAG.fin) !== 0)) return;
    flush(net, socket);
  }
  receiveData(arrived, socket, segment);
}

/** The answer to this end's SYN. Linux: tcp_rcv_synsent_state_process. */
function receiveAnswer(arrived: Arrived, socket: SimulatedSocket, segment: Segment): void {
  const { net } = arrived;
  const connection = connectionOf(socket);
  if (!(segment.flags & FLAG.ack)) return;
  if (segment.ack !== connection.sndNxt) {
    reset(arrived, segment);
    return;
  }
  if (segment.flags & FLAG.rst) {
    finish(net, socket, 'ECONNREFUSED');
    return;
  }
  if (!(segment.flags & FLAG.syn)) return;
  connection.irs = segment.seq;
  connection.rcvNxt = after(segment.seq, 1);
  connection.sndWnd = segment.window;
  connection.mss = Math.min(segment.mss ?? connection.mss, connection.mss);
  acknowledged(net, socket, segment.ack);
  setState(net, socket, STATE.established);
  callSockOps(net, socket, OP.activeEstablished);
  sendAck(net, socket);
}

function receiveReset(net: NetStack, socket: SimulatedSocket, segment: Segment): void {
  if (segment.seq !== connectionOf(socket).rcvNxt) return;
  net.trace.tracepoint('tcp_receive_reset', () => ({
    record: { skaddr: net.trace.objects.sock(socket), sport: socket.local.port, dport: socket.remote.port },
    args: () => [net.trace.objects.sock(socket)],
  }));
  finish(net, socket, socket.state === STATE.closeWait ? 'EPIPE' : 'ECONNRESET');
}

/** What follows from this end's FIN having been acknowledged. @returns false when the connection is over */
function afterAck(net: NetStack, socket: SimulatedSocket, fin: boolean): boolean {
  const connection = connectionOf(socket);
  if (connection.unacked.length > 0 || connection.pending.length > 0 || connection.finPending) return true;
  switch (socket.state) {
    case STATE.finWait1:
      setState(net, socket, STATE.finWait2);
      // A FIN in the same segment is still to be answered.
      if (!connection.orphaned || connection.owned || fin) return true;
      enterTimeWait(net, socket);
      finish(net, socket);
      return true;
    case STATE.closing:
      enterTimeWait(net, socket);
      finish(net, socket);
      return false;
    case STATE.lastAck:
      finish(net, socket);
      return false;
    default:
      return true;
  }
}

function receiveData(arrived: Arrived, socket: SimulatedSocket, segment: Segment): void {
  const { net } = arrived;
  const connection = connectionOf(socket);
  const fin = (segment.flags & FLAG.fin) !== 0;
  if (segment.data.length === 0 && !fin) return;
  const already = distance(segment.seq, connection.rcvNxt);
  // What is missing in front, or was seen already, is asked for again or acknowledged again.
  if (already < 0 || already > segment.data.length || (already === segment.data.length && !fin)) {
    sendAck(net, socket);
    return;
  }
  const data = segment.data.slice(already, already + connection.window);
  if (data.length > 0) {
    connection.rcvNxt = after(connection.rcvNxt, data.length);
    connection.counts.dataSegsIn++;
    connection.counts.bytesReceived += data.length;
    connection.receivedAt = net.clock.now;
    if (connection.orphaned) {
      abort(arrived, socket, segment);
      return;
    }
    deliverStream(net, socket, data);
  }
  if (fin && already + data.length === segment.data.length) receiveFin(net, socket);
  else acknowledge(net, socket);
}

/** Data for a socket that nobody has: there is no use in going on. */
function abort(arrived: Arrived, socket: SimulatedSocket, segment: Segment): void {
  reset(arrived, segment);
  finish(arrived.net, socket);
}

/** The other end sends no more. Linux: tcp_fin. */
function receiveFin(net: NetStack, socket: SimulatedSocket): void {
  const connection = connectionOf(socket);
  if (connection.finReceived) {
    sendAck(net, socket);
    return;
  }
  connection.finReceived = true;
  connection.rcvNxt = after(connection.rcvNxt, 1);
  switch (socket.state) {
    case STATE.synRecv:
    case STATE.established:
      setState(net, socket, STATE.closeWait);
      break;
    case STATE.finWait1:
      sendAck(net, socket);
      setState(net, socket, STATE.closing);
      return;
    case STATE.finWait2:
      sendAck(net, socket);
      enterTimeWait(net, socket);
      finish(net, socket);
      return;
    default:
      break;
  }
  acknowledge(net, socket);
}
