import { arpProtocol } from './arp.js';
import { ethernetProtocol, vlanProtocol } from './ethernet.js';
import { icmpProtocol, icmpv6Protocol } from './icmp.js';
import { ipv4Protocol } from './ipv4.js';
import { ipv6Protocol } from './ipv6.js';
import type { Protocol, ProtocolNumber } from './protocol.js';
import { tcpProtocol } from './tcp.js';
import { udpProtocol } from './udp.js';
import { vxlanProtocol } from './vxlan.js';

/** Every header that packets are taken apart into. */
export const PROTOCOLS: readonly Protocol[] = [
  ethernetProtocol,
  vlanProtocol,
  arpProtocol,
  ipv4Protocol,
  ipv6Protocol,
  tcpProtocol,
  udpProtocol,
  icmpProtocol,
  icmpv6Protocol,
  vxlanProtocol,
];

/** What a header says that follows it; undefined when it is not known. */
export function protocolOf(
  next: ProtocolNumber | { readonly name: string } | undefined,
): Protocol | undefined {
  if (next === undefined) return undefined;
  return PROTOCOLS.find((protocol) =>
    'name' in next
      ? protocol.name === next.name
      : protocol.numbers.some(({ space, number }) => space === next.space && number === next.number),
  );
}
