import * as L from '../../runtime/layout.js';
import type { Device } from '../devices.js';
import type { NetNamespace } from '../net/namespace.js';
import type { Skb } from '../net/skb.js';
import type { KernelObjects } from './objects.js';
import type { StructWriter } from './struct-writer.js';

/** Fills in the `struct sk_buff` of a packet. */
export function fillSkb(
  objects: KernelObjects,
  writer: StructWriter,
  skb: Skb,
  device: Device | undefined,
): void {
  const head = skb.field(L.SKB_HEAD);
  const data = skb.field(L.SKB_DATA);
  const network = skb.field(L.SKB_NETWORK_HEADER) - head;
  const { mark, priority, tstamp, hash } = skb.marks;
  const version = skb.packet[0]! >> 4;
  const ipHeader = version === 4 ? (skb.packet[0]! & 15) * 4 : 40;
  writer.set('sk_buff', skb.kernelAddress, {
    dev: objects.device(device),
    sk: objects.sock(skb.socket),
    len: skb.field(L.SKB_LEN),
    data_len: 0,
    mac_len: skb.field(L.SKB_NETWORK_HEADER) - skb.field(L.SKB_MAC_HEADER),
    queue_mapping: skb.field(L.SKB_QUEUE_MAPPING),
    pkt_type: skb.packetType,
    protocol: skb.protocol,
    priority,
    mark,
    hash,
    tstamp,
    skb_iif: skb.field(L.SKB_INGRESS_IFINDEX),
    mac_header: skb.field(L.SKB_MAC_HEADER) - head,
    network_header: network,
    transport_header: network + ipHeader,
    head,
    data,
    tail: skb.field(L.SKB_DATA_END) - head,
    end: skb.field(L.SKB_END) - head,
    truesize: skb.field(L.SKB_END) - head,
    'users.refs.counter': 1,
  });
}

/** IFF_UP, IFF_RUNNING; IFF_LOOPBACK */
const UP = 0x41;
const LOOPBACK = 8;
const ARPHRD = { loopback: 772, veth: 1, wire: 1 } as const;

export function fillDevice(
  objects: KernelObjects,
  writer: StructWriter,
  address: number,
  device: Device,
): void {
  writer.set('net_device', address, {
    name: device.name,
    ifindex: device.ifindex,
    mtu: device.mtu,
    flags: UP | (device.kind === 'loopback' ? LOOPBACK : 0),
    type: ARPHRD[device.kind],
    hard_header_len: 14,
    addr_len: 6,
    'nd_net.net': objects.net(device.namespace),
  });
}

export function fillNet(writer: StructWriter, address: number, { inode, cookie }: NetNamespace): void {
  writer.set('net', address, { 'ns.inum': inode, net_cookie: cookie, 'ns.ns_id': cookie });
}
