import { internetChecksum, pseudoHeader } from '../../../packet/checksum.js';
import { type Arrived, sendIp } from './ip.js';
import { type IpHeader, PROTOCOL } from './ip-header.js';

const ECHO = { 4: { request: 8, reply: 0 }, 6: { request: 128, reply: 129 } } as const;
const UNREACHABLE = { 4: { type: 3, code: 3 }, 6: { type: 1, code: 4 } } as const;
/** How much of an IPv4 packet an error carries. */
const QUOTED = 548;

/** An ICMP message with its checksum. */
function message(src: Uint8Array, dst: Uint8Array, bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint16(2, 0);
  const around = src.length === 16 ? [pseudoHeader({ src, dst }, PROTOCOL.icmpv6, bytes.length)] : [];
  view.setUint16(2, internetChecksum(...around, bytes));
  return bytes;
}

/** An echo request. */
export function echoRequest(src: Uint8Array, dst: Uint8Array, id: number, sequence: number): Uint8Array {
  const bytes = new Uint8Array(8 + 56);
  const view = new DataView(bytes.buffer);
  bytes[0] = ECHO[src.length === 4 ? 4 : 6].request;
  view.setUint16(4, id);
  view.setUint16(6, sequence);
  for (let at = 8; at < bytes.length; at++) bytes[at] = at;
  return message(src, dst, bytes);
}

export function icmpProtocol(ip: Uint8Array): number {
  return ip.length === 4 ? PROTOCOL.icmp : PROTOCOL.icmpv6;
}

/** Answers echo requests, tells whoever waits for a reply, and tells sockets of errors. */
export function receiveIcmp(arrived: Arrived): void {
  const { net, namespace, header, payload } = arrived;
  if (payload.length < 8) {
    net.drop('PKT_TOO_SMALL');
    return;
  }
  const { src, dst, version } = header;
  const type = payload[0];
  if (type === ECHO[version].request) {
    const reply = payload.slice();
    reply[0] = ECHO[version].reply;
    const way = namespace.findWay(src);
    if (way !== undefined)
      sendIp(
        net,
        { namespace, way, src: dst, dst: src, protocol: header.protocol },
        message(dst, src, reply),
      );
    return;
  }
  if (type === ECHO[version].reply) {
    const view = new DataView(payload.buffer, payload.byteOffset);
    namespace.sockets.echoed(view.getUint16(4), view.getUint16(6));
  } else if (type === UNREACHABLE[version].type) {
    tellSocket(arrived, payload.subarray(8));
  }
}

/** A connected socket whose packet came back fails with ECONNREFUSED at its next call. */
function tellSocket({ namespace }: Arrived, quoted: Uint8Array): void {
  const isV4 = quoted[0]! >> 4 === 4;
  const header = isV4 ? (quoted[0]! & 15) * 4 : 40;
  if (quoted.length < header + 4) return;
  const [src, dst] = isV4
    ? [quoted.slice(12, 16), quoted.slice(16, 20)]
    : [quoted.slice(8, 24), quoted.slice(24, 40)];
  const view = new DataView(quoted.buffer, quoted.byteOffset + header);
  const local = { ip: src, port: view.getUint16(0) };
  const remote = { ip: dst, port: view.getUint16(2) };
  const protocol = quoted[isV4 ? 9 : 6]!;
  const socket = namespace.sockets.connected({ protocol, local, remote });
  if (socket !== undefined && protocol === PROTOCOL.udp) socket.error = 'ECONNREFUSED';
}

/** Tells the sender of a packet that no socket takes it. */
export function refusePort({ net, namespace, header, skb }: Arrived): void {
  const { src, dst, version }: IpHeader = header;
  const way = namespace.findWay(src);
  if (way === undefined) return;
  const quoted = skb.packet.subarray(0, QUOTED);
  const bytes = new Uint8Array(8 + quoted.length);
  bytes[0] = UNREACHABLE[version].type;
  bytes[1] = UNREACHABLE[version].code;
  bytes.set(quoted, 8);
  const protocol = icmpProtocol(src);
  sendIp(net, { namespace, way, src: dst, dst: src, protocol }, message(dst, src, bytes));
}
