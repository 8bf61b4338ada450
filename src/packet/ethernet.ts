import { parseMac } from './addresses.js';
import { fields, pack } from './fields.js';
import { type Layer, numberIn, type Protocol } from './protocol.js';

export const ethernetProtocol: Protocol = {
  name: 'ethernet',
  numbers: [],
  fields: fields(['dst', 48, 'mac'], ['src', 48, 'mac'], ['type', 16, 'hex']),
  next: ({ type }) => ({ space: 'ethertype', number: Number(type) }),
};

export interface EthernetOptions {
  /** Default `02:00:00:00:00:02`. */
  readonly dst?: string;
  /** Default `02:00:00:00:00:01`. */
  readonly src?: string;
  /** EtherType; default: that of what follows, else 0xffff. */
  readonly type?: number;
}

/** An Ethernet header. */
export function ethernet(options: EthernetOptions = {}): Layer {
  const { dst = '02:00:00:00:00:02', src = '02:00:00:00:00:01' } = options;
  const values = { dst: parseMac(dst), src: parseMac(src) };
  return {
    protocol: ethernetProtocol,
    keepsChecksum: true,
    header: (_, next) =>
      pack(ethernetProtocol.fields, {
        ...values,
        type: BigInt(options.type ?? numberIn('ethertype', next) ?? 0xffff),
      }),
  };
}

export const vlanProtocol: Protocol = {
  name: 'vlan',
  numbers: [
    { space: 'ethertype', number: 0x8100 },
    { space: 'ethertype', number: 0x88a8 },
  ],
  fields: fields(['priority', 3], ['dropEligible', 1], ['id', 12], ['type', 16, 'hex']),
  next: ({ type }) => ({ space: 'ethertype', number: Number(type) }),
};

export interface VlanOptions {
  /** 0 to 4095; default 1. */
  readonly id?: number;
  /** 0 to 7; default 0. */
  readonly priority?: number;
  readonly dropEligible?: boolean;
  /** EtherType; default: that of what follows, else 0xffff. */
  readonly type?: number;
}

/** An 802.1Q tag. For 802.1ad give the header in front of it the type 0x88a8. */
export function vlan(options: VlanOptions = {}): Layer {
  const { id = 1, priority = 0, dropEligible = false } = options;
  return {
    protocol: vlanProtocol,
    keepsChecksum: true,
    header: (_, next) =>
      pack(vlanProtocol.fields, {
        priority: BigInt(priority),
        dropEligible: dropEligible ? 1n : 0n,
        id: BigInt(id),
        type: BigInt(options.type ?? numberIn('ethertype', next) ?? 0xffff),
      }),
  };
}
