import type { Device } from '../devices.js';
import { receiveIp } from './ip.js';
import { ETH_IP, ETH_IPV6, Skb, type SkbMarks } from './skb.js';
import type { NetStack } from './stack.js';
import { runTc } from './tc.js';
import { runXdp } from './xdp.js';

/** A frame comes in by a device: XDP first. */
export function receiveFrame(net: NetStack, device: Device, frame: Uint8Array, marks: SkbMarks): void {
  const passed = runXdp(net, device, frame);
  if (passed !== undefined) receiveSkb(net, device, passed, marks);
}

/** Tracepoint, packet sockets, tc ingress, then the protocols. Linux: __netif_receive_skb_core. */
export function receiveSkb(net: NetStack, device: Device, frame: Uint8Array, marks: SkbMarks): void {
  const skb = Skb.received(net.memory, frame, device, marks);
  try {
    skb.fromNetwork();
    net.trace.tracepoint('netif_receive_skb', () => ({
      record: { skbaddr: net.trace.objects.skb(skb, device), len: skb.bytes.length, name: device.name },
      args: () => [net.trace.objects.skb(skb, device)],
    }));
    skb.fromLink();
    tap(net, device, skb);
    if (!runTc(net, device, 'ingress', skb)) return;
    skb.fromNetwork();
    const { protocol } = skb;
    if (protocol === ETH_IP || protocol === ETH_IPV6) receiveIp(net, device, skb);
    else net.drop('UNHANDLED_PROTO');
  } finally {
    skb.free();
  }
}

/** Packet sockets with a filter: of all devices, and of this one. */
function tap(net: NetStack, device: Device, skb: Skb): void {
  for (const program of net.points.at({ kind: 'socket' })) net.points.run(program, skb.address);
  for (const program of net.points.at({ kind: 'socket', iface: device.label }))
    net.points.run(program, skb.address);
}
