import { parseIpv4, parseMac } from './addresses.js';
import { fields, pack } from './fields.js';
import type { Layer, Protocol } from './protocol.js';

/** ARP for IPv4 over Ethernet: RFC 826. */
export const arpProtocol: Protocol = {
  name: 'arp',
  numbers: [{ space: 'ethertype', number: 0x0806 }],
  fields: fields(
    ['hardwareType', 16],
    ['protocolType', 16, 'hex'],
    ['hardwareSize', 8],
    ['protocolSize', 8],
    ['operation', 16],
    ['senderMac', 48, 'mac'],
    ['senderIp', 32, 'ipv4'],
    ['targetMac', 48, 'mac'],
    ['targetIp', 32, 'ipv4'],
  ),
  next: () => undefined,
};

export interface ArpOptions {
  /** Default `request`. */
  readonly operation?: 'request' | 'reply' | number;
  readonly senderMac?: string;
  readonly senderIp?: string;
  /** Default all zero. */
  readonly targetMac?: string;
  readonly targetIp?: string;
}

const OPERATIONS = { request: 1, reply: 2 } as const;

/** An ARP message. */
export function arp(options: ArpOptions = {}): Layer {
  const { operation = 'request', senderMac = '02:00:00:00:00:01', senderIp = '10.0.0.1' } = options;
  const { targetMac = '00:00:00:00:00:00', targetIp = '10.0.0.2' } = options;
  const header = pack(arpProtocol.fields, {
    hardwareType: 1n,
    protocolType: 0x0800n,
    hardwareSize: 6n,
    protocolSize: 4n,
    operation: BigInt(typeof operation === 'number' ? operation : OPERATIONS[operation]),
    senderMac: parseMac(senderMac),
    senderIp: parseIpv4(senderIp),
    targetMac: parseMac(targetMac),
    targetIp: parseIpv4(targetIp),
  });
  return { protocol: arpProtocol, keepsChecksum: true, header: () => header };
}
