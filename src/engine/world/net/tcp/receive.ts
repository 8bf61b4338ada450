import { type SimulatedSocket, STATE } from '../../sockets.js';
import { type Arrived, admits } from '../ip.js';
import { PROTOCOL } from '../ip-header.js';
import { findSocket } from '../lookup.js';
import type { Flow } from '../socket-table.js';
import { receiveInConnection } from './connected.js';
import { answerRequest, receiveSyn, requestOf } from './listening.js';
import { reset } from './reset.js';
import { FLAG, readSegment, type Segment } from './segment.js';
import { connectionOf } from './state.js';
import { answerInTimeWait } from './time-wait.js';

/** A segment comes in for this host. Linux: tcp_v4_rcv. */
export function receiveTcp(arrived: Arrived): void {
  const { net, namespace, header, payload } = arrived;
  const segment = readSegment(payload, header);
  if (segment === undefined) {
    net.drop('PKT_TOO_SMALL');
    return;
  }
  if (segment === 'checksum') {
    net.drop('TCP_CSUM');
    return;
  }
  const flow: Flow = {
    protocol: PROTOCOL.tcp,
    local: { ip: header.dst, port: segment.dstPort },
    remote: { ip: header.src, port: segment.srcPort },
  };
  const asked = requestOf(namespace, flow);
  if (asked !== undefined) {
    if (admits(arrived, asked.listener)) answerRequest(arrived, asked, segment);
    return;
  }
  const socket = namespace.sockets.connected(flow);
  if (socket === undefined && answerInTimeWait(net, namespace, flow, segment)) return;
  const found = socket ?? findSocket(net, namespace, flow, arrived);
  if (found === undefined) {
    net.drop('NO_SOCKET');
    reset(arrived, segment);
    return;
  }
  if (admits(arrived, found)) enter(arrived, found, segment);
}

/** To the socket, now or, while its task is in the middle of a call, when that is done. */
function enter(arrived: Arrived, socket: SimulatedSocket, segment: Segment): void {
  const connection = connectionOf(socket);
  connection.counts.segsIn++;
  if (!connection.owned || socket.isListening) {
    handle(arrived, socket, segment);
    return;
  }
  const { skb } = arrived;
  skb.keep();
  connection.waiting.push(() => {
    handle(arrived, socket, segment);
    skb.free();
  });
}

/** Linux: tcp_v4_do_rcv. */
function handle(arrived: Arrived, socket: SimulatedSocket, segment: Segment): void {
  const { trace } = arrived.net;
  const args = () => [trace.objects.sock(socket), trace.objects.skb(arrived.skb, arrived.device)];
  trace.call(socket.kind.family === 'inet' ? 'tcp_v4_do_rcv' : 'tcp_v6_do_rcv', args, () => {
    if (socket.state === STATE.established) {
      trace.call('tcp_rcv_established', args, () => {
        receiveInConnection(arrived, socket, segment);
        return 0;
      });
      return 0;
    }
    trace.call('tcp_rcv_state_process', args, () => {
      if (!socket.isListening) receiveInConnection(arrived, socket, segment);
      else if ((segment.flags & (FLAG.syn | FLAG.ack | FLAG.rst)) === FLAG.syn)
        receiveSyn(arrived, socket, segment);
      else if (segment.flags & FLAG.ack) reset(arrived, segment);
      return 0;
    });
    return 0;
  });
}
