import { ERRNO } from '../../../errors/errno.js';
import { internetChecksum, pseudoHeader } from '../../../packet/checksum.js';
import { type Address, isUnspecified } from '../address.js';
import type { SimulatedSocket } from '../sockets.js';
import { refusePort } from './icmp.js';
import { type Arrived, admits, sendIp } from './ip.js';
import { PROTOCOL } from './ip-header.js';
import { findSocket } from './lookup.js';
import type { NetStack } from './stack.js';

const HEADER = 8;
/** Datagrams that a socket keeps. */
const MOST_QUEUED = 1024;

/** A datagram comes in for this host. Linux: udp_rcv. */
export function receiveUdp(arrived: Arrived): void {
  const { net, namespace, header, payload } = arrived;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  if (payload.length < HEADER || view.getUint16(4) < HEADER || view.getUint16(4) > payload.length) {
    net.drop('PKT_TOO_SMALL');
    return;
  }
  const { src, dst } = header;
  if (
    view.getUint16(6) !== 0 &&
    internetChecksum(pseudoHeader({ src, dst }, PROTOCOL.udp, payload.length), payload) !== 0
  ) {
    net.drop('UDP_CSUM');
    return;
  }
  const local = { ip: dst, port: view.getUint16(2) };
  const remote = { ip: src, port: view.getUint16(0) };
  const socket = findSocket(net, namespace, { protocol: PROTOCOL.udp, local, remote }, arrived);
  if (socket === undefined) {
    net.drop('NO_SOCKET');
    refusePort(arrived);
    return;
  }
  if (!admits(arrived, socket)) return;
  if (socket.datagrams.length >= MOST_QUEUED) {
    net.drop('SOCKET_RCVBUFF');
    return;
  }
  socket.datagrams.push({ data: payload.slice(HEADER, view.getUint16(4)), from: remote });
}

/** Sends a datagram. @returns 0, or a negated errno */
export function sendUdp(net: NetStack, socket: SimulatedSocket, to: Address, data: Uint8Array): number {
  if (to.port === 0) return -ERRNO.EINVAL;
  const way = socket.namespace.wayTo(to.ip);
  const dst = isUnspecified(to.ip) ? way.nextHop : to.ip;
  const src = isUnspecified(socket.local.ip) ? way.source : socket.local.ip;
  const segment = new Uint8Array(HEADER + data.length);
  const view = new DataView(segment.buffer);
  view.setUint16(0, socket.local.port);
  view.setUint16(2, to.port);
  view.setUint16(4, segment.length);
  segment.set(data, HEADER);
  const sum = internetChecksum(pseudoHeader({ src, dst }, PROTOCOL.udp, segment.length), segment);
  view.setUint16(6, sum === 0 ? 0xffff : sum);
  return sendIp(net, { namespace: socket.namespace, way, src, dst, protocol: PROTOCOL.udp, socket }, segment);
}
