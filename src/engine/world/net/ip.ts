import { ERRNO } from '../../../errors/errno.js';
import type { Device } from '../devices.js';
import type { SimulatedSocket } from '../sockets.js';
import { receiveIcmp } from './icmp.js';
import { buildIp, type IpHeader, nextTtl, PROTOCOL, readIp } from './ip-header.js';
import type { NetNamespace, Way } from './namespace.js';
import { runNetfilter } from './netfilter.js';
import { PACKET, Skb } from './skb.js';
import type { NetStack } from './stack.js';
import { receiveTcp } from './tcp/receive.js';
import { queueSkb, XMIT } from './transmit.js';
import { receiveUdp } from './udp.js';

/** A packet for this host, taken apart. */
export interface Arrived {
  readonly net: NetStack;
  readonly namespace: NetNamespace;
  readonly device: Device;
  readonly skb: Skb;
  readonly header: IpHeader;
  /** From behind the header. */
  readonly payload: Uint8Array;
}

/** Prerouting, then to this host or onwards. Linux: ip_rcv. */
export function receiveIp(net: NetStack, device: Device, skb: Skb): void {
  if (skb.packetType === PACKET.otherHost) {
    net.drop('OTHERHOST');
    return;
  }
  if (readIp(skb.packet) === undefined) {
    net.drop('IP_INHDR');
    return;
  }
  if (!runNetfilter(net, 'prerouting', { skb, into: device })) return;
  const { packet } = skb;
  const header = readIp(packet);
  if (header === undefined) {
    net.drop('IP_INHDR');
    return;
  }
  const { namespace } = device;
  if (!namespace.isOwn(header.dst) && skb.packetType === PACKET.host) {
    forward(net, device, skb, header);
    return;
  }
  if (!runNetfilter(net, 'input', { skb, into: device })) return;
  deliver({
    net,
    namespace,
    device,
    skb,
    header,
    payload: packet.slice(header.headerBytes, header.totalBytes),
  });
}

function deliver(arrived: Arrived): void {
  switch (arrived.header.protocol) {
    case PROTOCOL.tcp:
      receiveTcp(arrived);
      return;
    case PROTOCOL.udp:
      receiveUdp(arrived);
      return;
    case PROTOCOL.icmp:
    case PROTOCOL.icmpv6:
      receiveIcmp(arrived);
      return;
    default:
      arrived.net.drop('IP_NOPROTO');
  }
}

function forward(net: NetStack, device: Device, skb: Skb, header: IpHeader): void {
  const { namespace } = device;
  if (!namespace.forwarding) {
    net.drop('IP_INADDRERRORS');
    return;
  }
  const way = namespace.findWay(header.dst);
  if (way === undefined) {
    net.drop('IP_INNOROUTES');
    return;
  }
  const { packet } = skb;
  if (!nextTtl(packet)) {
    net.drop('NOT_SPECIFIED');
    return;
  }
  skb.patch(0, packet.subarray(0, header.headerBytes));
  if (!runNetfilter(net, 'forward', { skb, into: device, out: way.device })) return;
  leave(net, way, skb);
}

/** A packet that this host sends. */
export interface Outgoing {
  readonly namespace: NetNamespace;
  readonly way: Way;
  readonly src: Uint8Array;
  readonly dst: Uint8Array;
  readonly protocol: number;
  readonly socket?: SimulatedSocket;
}

/**
 * Sends a packet of this host: netfilter's output and postrouting, cgroup egress, then the device.
 * Linux: ip_local_out, ip_output, ip_finish_output.
 * @returns 0, or a negated errno
 */
export function sendIp(net: NetStack, out: Outgoing, payload: Uint8Array): number {
  const { src, dst, protocol, way, socket } = out;
  const packet = buildIp({ src, dst, protocol, id: net.takeIpId() }, payload);
  if (packet.length > way.device.mtu) return -ERRNO.EMSGSIZE;
  const skb = Skb.made(net.memory, packet, way.device, socket);
  try {
    if (!runNetfilter(net, 'output', { skb, out: way.device })) return -ERRNO.EPERM;
    const after = readIp(skb.packet);
    // A program may have sent the packet elsewhere.
    const rerouted = after === undefined ? undefined : out.namespace.findWay(after.dst);
    return leave(net, way.local || rerouted === undefined ? way : rerouted, skb);
  } finally {
    skb.free();
  }
}

/** Postrouting, cgroup egress, the neighbour's link-layer address, the device. */
function leave(net: NetStack, way: Way, skb: Skb): number {
  skb.ifindex = way.device.ifindex;
  if (!runNetfilter(net, 'postrouting', { skb, out: way.device })) return -ERRNO.EPERM;
  const refusal = runCgroupEgress(net, skb);
  if (refusal < 0) return refusal;
  const { namespace } = way.device;
  const mac = namespace.macOf(way.device, way.nextHop);
  if (mac === undefined) {
    net.drop('NEIGH_FAILED');
    return -ERRNO.EHOSTUNREACH;
  }
  skb.link(mac, way.device.mac);
  return queueSkb(net, way.device, skb) === XMIT.drop ? -ERRNO.ENOBUFS : 0;
}

/** What the socket's cgroup says of a packet that leaves. Linux: BPF_CGROUP_RUN_PROG_INET_EGRESS. */
function runCgroupEgress(net: NetStack, skb: Skb): number {
  const { socket } = skb;
  if (socket === undefined || !net.cgroupHooks.watches('cgroup_inet_egress', socket.owner.cgroup)) return 0;
  skb.fromNetwork();
  net.here = socket.namespace;
  const { retval } = net.cgroupHooks.run('cgroup_inet_egress', socket.owner.cgroup, skb.address);
  if (retval < 0) net.drop('BPF_CGROUP_EGRESS');
  return retval;
}

/**
 * Asks about a packet that a socket is to get: its cgroup, LSM, its own filter. Linux: sk_filter_trim_cap.
 * @returns how many bytes of its payload the socket gets, or undefined
 */
export function admits({ net, device, skb }: Arrived, socket: SimulatedSocket): boolean {
  skb.socket = socket;
  skb.fromNetwork();
  net.here = socket.namespace;
  const { cgroup } = socket.owner;
  if (net.cgroupHooks.watches('cgroup_inet_ingress', cgroup)) {
    const { retval } = net.cgroupHooks.run('cgroup_inet_ingress', cgroup, skb.address);
    if (retval < 0) {
      net.drop('SOCKET_FILTER');
      return false;
    }
  }
  const { trace } = net;
  const refused = trace.refusal('socket_sock_rcv_skb', () => [
    trace.objects.sock(socket),
    trace.objects.skb(skb, device),
  ]);
  if (refused < 0) {
    net.drop('SECURITY_HOOK');
    return false;
  }
  const kept = socket.filter === undefined ? 1n : net.points.run(socket.filter, skb.address) & 0xffffffffn;
  if (kept === 0n) net.drop('SOCKET_FILTER');
  return kept !== 0n;
}
