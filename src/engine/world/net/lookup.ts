import { SKB_DATA_END, SKB_SK } from '../../runtime/layout.js';
import { IPV4, IPV6 } from '../address.js';
import { CallStruct } from '../calls/context.js';
import type { SimulatedSocket } from '../sockets.js';
import type { Arrived } from './ip.js';
import type { NetNamespace } from './namespace.js';
import type { Flow } from './socket-table.js';
import type { NetStack } from './stack.js';

/**
 * The socket that a packet is for: that of its connection; the one that an `sk_lookup` program chooses; one that waits
 * at the address, chosen among those that share it by their `sk_reuseport` program.
 * Linux: __inet_lookup_skb, __udp4_lib_lookup.
 */
export function findSocket(
  net: NetStack,
  namespace: NetNamespace,
  flow: Flow,
  arrived?: Arrived,
): SimulatedSocket | undefined {
  const given = arrived === undefined ? undefined : net.socketAt(arrived.skb.field(SKB_SK));
  if (given !== undefined) return given;
  const connected = namespace.sockets.connected(flow);
  if (connected !== undefined) return connected;
  const asked = askPrograms(net, namespace, flow, arrived?.device.ifindex ?? 0);
  if (asked === 'drop') return undefined;
  if (asked !== undefined) return asked;
  const waiting = namespace.sockets.waiting(flow);
  const [first] = waiting;
  if (first === undefined || waiting.length === 1 || !first.sharesPort) return first;
  return choose(net, waiting, flow, arrived);
}

/** `bpf_sk_assign` writes the socket's address into the context. */
function askPrograms(
  net: NetStack,
  namespace: NetNamespace,
  { protocol, local, remote }: Flow,
  ifindex: number,
): SimulatedSocket | 'drop' | undefined {
  const target = { kind: 'netns', attachType: 'sk_lookup' } as const;
  const programs = net.points.at(namespace.name === '' ? target : { ...target, path: namespace.name });
  if (programs.length === 0) return undefined;
  const isV4 = local.ip.length === 4;
  using ctx = new CallStruct(net.memory, 'sk_lookup');
  ctx.set({
    family: isV4 ? IPV4 : IPV6,
    protocol,
    [isV4 ? 'remote_ip4' : 'remote_ip6']: remote.ip,
    remote_port: ((remote.port & 0xff) << 8) | (remote.port >> 8),
    [isV4 ? 'local_ip4' : 'local_ip6']: local.ip,
    local_port: local.port,
    ingress_ifindex: ifindex,
  });
  let drops = false;
  let chosen: SimulatedSocket | undefined;
  for (const program of programs) {
    const verdict = net.points.verdict(program, ctx.address);
    chosen = net.socketAt(ctx.u32('sk')) ?? chosen;
    if (verdict !== 1) drops = true;
  }
  if (chosen !== undefined) return chosen;
  return drops ? 'drop' : undefined;
}

/** Without a program the flow decides, always alike. */
function choose(
  net: NetStack,
  waiting: readonly SimulatedSocket[],
  { protocol, local, remote }: Flow,
  arrived: Arrived | undefined,
): SimulatedSocket | undefined {
  const chooser = waiting.find((socket) => socket.chooser !== undefined)?.chooser;
  const hash = (remote.port * 31 + local.port + remote.ip.reduce((sum, byte) => sum * 17 + byte, 0)) >>> 0;
  const usual = waiting[hash % waiting.length];
  if (chooser === undefined || arrived === undefined) return usual;
  using ctx = new CallStruct(net.memory, 'sk_reuseport');
  const { skb } = arrived;
  const end = skb.field(SKB_DATA_END);
  ctx.set({
    data: end - arrived.payload.length,
    data_end: end,
    len: arrived.payload.length,
    eth_protocol: skb.protocol,
    ip_protocol: protocol,
    bind_inany: 0,
    hash,
    sk: (waiting[0] as SimulatedSocket).address,
  });
  net.selected = undefined;
  const verdict = net.points.verdict(chooser, ctx.address);
  if (verdict !== 1) {
    net.drop('SOCKET_FILTER');
    return undefined;
  }
  return net.selected ?? usual;
}
