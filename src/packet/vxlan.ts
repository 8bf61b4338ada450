import { fields, pack } from './fields.js';
import type { Layer, Protocol } from './protocol.js';

/** RFC 7348; an Ethernet frame follows. */
export const vxlanProtocol: Protocol = {
  name: 'vxlan',
  numbers: [{ space: 'udp', number: 4789 }],
  fields: fields(['flags', 8, 'hex'], ['reserved', 24, 'hex'], ['vni', 24], ['reserved2', 8, 'hex']),
  next: () => ({ name: 'ethernet' }),
};

export interface VxlanOptions {
  /** Network id, 24 bits; default 1. */
  readonly vni?: number;
}

/** A VXLAN header. */
export function vxlan({ vni = 1 }: VxlanOptions = {}): Layer {
  const header = pack(vxlanProtocol.fields, { flags: 8n, vni: BigInt(vni) });
  return { protocol: vxlanProtocol, keepsChecksum: true, header: () => header };
}
