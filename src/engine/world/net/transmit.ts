import type { Device } from '../devices.js';
import { receiveFrame } from './receive.js';
import { NO_MARKS, type Skb, type SkbMarks } from './skb.js';
import type { NetStack } from './stack.js';
import { runTc } from './tc.js';

/** NET_XMIT_* */
export const XMIT = { success: 0, drop: 1 } as const;

/**
 * Hands a packet with its link-layer header to a device: tc egress, then the tracepoints, then the wire.
 * Linux: __dev_queue_xmit.
 */
export function queueSkb(net: NetStack, device: Device, skb: Skb): number {
  skb.ifindex = device.ifindex;
  skb.fromLink();
  if (!runTc(net, device, 'egress', skb)) {
    net.work();
    return XMIT.drop;
  }
  const { trace } = net;
  const named = () => ({
    record: { skbaddr: trace.objects.skb(skb, device), len: skb.bytes.length, name: device.name },
    args: () => [trace.objects.skb(skb, device)],
  });
  trace.tracepoint('net_dev_queue', named);
  trace.tracepoint('net_dev_start_xmit', () => ({
    record: {
      skbaddr: trace.objects.skb(skb, device),
      len: skb.bytes.length,
      name: device.name,
      protocol: skb.protocol,
    },
    args: () => [trace.objects.skb(skb, device), trace.objects.device(device)],
  }));
  const { frame, marks } = skb;
  trace.tracepoint('net_dev_xmit', () => ({
    record: { ...named().record, rc: 0 },
    args: () => [trace.objects.skb(skb, device), 0n, trace.objects.device(device), BigInt(frame.length)],
  }));
  sendFrame(net, device, frame, marks);
  return XMIT.success;
}

/** Lets a frame leave by a device. */
export function sendFrame(net: NetStack, device: Device, frame: Uint8Array, marks: SkbMarks): void {
  switch (device.kind) {
    case 'wire':
      device.leave(frame);
      break;
    case 'loopback':
      net.raise(() => receiveFrame(net, device, frame, marks));
      break;
    case 'veth': {
      const { peer } = device;
      if (peer === undefined) break;
      // Between namespaces nothing but the time of delivery is left of what the sender said.
      const same = peer.namespace === device.namespace;
      const carried = same ? { ...marks, priority: 0 } : { ...NO_MARKS, hash: marks.hash };
      net.raise(() => receiveFrame(net, peer, frame, carried));
      break;
    }
    default:
      device.kind satisfies never;
  }
  net.work();
}
