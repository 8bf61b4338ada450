import * as L from '../../runtime/layout.js';
import { CPU_AREA_SIZE, CPU_AREAS } from '../../runtime/layout.js';
import { IPV4 } from '../address.js';
import type { Device } from '../devices.js';
import { readIp } from './ip-header.js';
import { receiveFrame, receiveSkb } from './receive.js';
import type { Skb } from './skb.js';
import type { NetStack } from './stack.js';
import { queueSkb, sendFrame } from './transmit.js';

/** TC_ACT_*: any other value lets the packet pass. */
const ACT = { unspec: -1, ok: 0, shot: 2, stolen: 4, queued: 5, trap: 8, redirect: 7 } as const;
const ENDS: ReadonlySet<number> = new Set([ACT.shot, ACT.stolen, ACT.queued, ACT.trap, ACT.redirect]);
const INGRESS = 1;

/** Whether the packet goes on its way; a program has dropped or redirected it otherwise. */
export function runTc(net: NetStack, device: Device, direction: 'ingress' | 'egress', skb: Skb): boolean {
  for (const kind of ['tcx', 'tc'] as const) {
    for (const program of net.points.at({ kind, iface: device.label, direction })) {
      net.here = device.namespace;
      const verdict = net.points.verdict(program, skb.address);
      if (ENDS.has(verdict)) {
        if (verdict === ACT.redirect) redirect(net, device, skb);
        else if (verdict === ACT.shot) net.drop(direction === 'ingress' ? 'TC_INGRESS' : 'TC_EGRESS');
        return false;
      }
      // tcx asks the next program also after a verdict that it does not know.
      if (verdict === ACT.ok || (kind === 'tc' && verdict !== ACT.unspec)) return true;
    }
  }
  return true;
}

/** Where the last redirect helper said. */
function redirect(net: NetStack, device: Device, skb: Skb): void {
  const area = CPU_AREAS + net.memory.cpu * CPU_AREA_SIZE;
  const flags = net.memory.u32(area + L.CPU_REDIRECT_FLAGS);
  const to = device.namespace.devices.find(net.memory.u32(area + L.CPU_REDIRECT_IFINDEX));
  if (to === undefined) {
    net.drop('NO_TX_TARGET');
    return;
  }
  const { frame, marks } = skb;
  if (flags & L.REDIRECT_PEER) {
    const { peer } = to;
    if (peer === undefined) {
      net.drop('NO_TX_TARGET');
      return;
    }
    receiveSkb(net, peer, frame, marks);
  } else if (flags & L.REDIRECT_NEIGH) {
    toNeighbour(net, to, skb, flags & L.REDIRECT_NEXTHOP ? area + L.CPU_REDIRECT_HOP : undefined);
  } else if (flags & INGRESS) {
    net.raise(() => receiveFrame(net, to, frame, marks));
  } else {
    queueSkb(net, to, skb);
  }
}

function toNeighbour(net: NetStack, device: Device, skb: Skb, hop: number | undefined): void {
  const given = hop === undefined ? undefined : nextHop(net, hop);
  const header = readIp(skb.packet);
  if (header === undefined) {
    net.drop('NO_TX_TARGET');
    return;
  }
  const towards = given ?? device.namespace.findWay(header.dst)?.nextHop ?? header.dst;
  const mac = device.namespace.macOf(device, towards);
  if (mac === undefined) {
    net.drop('NEIGH_FAILED');
    return;
  }
  skb.link(mac, device.mac);
  queueSkb(net, device, skb);
}

/** `struct bpf_redir_neigh` */
function nextHop({ memory }: NetStack, at: number): Uint8Array {
  return memory.read(at + 4, memory.u32(at) === IPV4 ? 4 : 16);
}

/** A copy that a program sends by itself (`bpf_clone_redirect`). */
export function sendClone(net: NetStack, device: Device, ingress: boolean, frame: Uint8Array): void {
  const marks = { mark: 0, priority: 0, tstamp: 0n, hash: 0 };
  if (ingress) net.raise(() => receiveFrame(net, device, frame, marks));
  else sendFrame(net, device, frame, marks);
}
