import { KernelError } from '../../errors/errno.js';
import { type Prefix, parsePrefix } from './address.js';
import type { NetNamespace } from './net/namespace.js';

/** What becomes of a frame that a device sends: it comes back, it comes out at the peer, it leaves the simulated host. */
export type DeviceKind = 'loopback' | 'veth' | 'wire';

/** What Linux gives the loopback device, and an Ethernet device. */
const LOOPBACK_MTU = 65536;
const ETHERNET_MTU = 1500;
const MAX_NAME = 15;
/** Frames that a wire remembers. */
const MOST_KEPT = 4096;

/** A network device of the simulated host. */
export class Device {
  /** From 1, never used twice in its network namespace. */
  readonly ifindex: number;
  /** At most 15 bytes, as in Linux. */
  readonly name: string;
  /** Largest packet, without the link-layer header. */
  readonly mtu: number;
  readonly kind: DeviceKind;
  readonly namespace: NetNamespace;
  /** Link-layer address. */
  readonly mac: Uint8Array;
  /** Its own addresses, with the length of their network's prefix. */
  readonly addresses: Prefix[] = [];
  /** Of a veth device. */
  peer: Device | undefined;
  /** What left by a wire, the oldest first; no more than the last 4096. */
  readonly sent: Uint8Array[] = [];
  /** Called with what leaves by a wire. */
  onSend: ((frame: Uint8Array) => void) | undefined;

  constructor(
    namespace: NetNamespace,
    { ifindex, name, mtu, kind, mac }: Pick<Device, 'ifindex' | 'name' | 'mtu' | 'kind' | 'mac'>,
  ) {
    this.namespace = namespace;
    this.ifindex = ifindex;
    this.name = name;
    this.mtu = mtu;
    this.kind = kind;
    this.mac = mac;
  }

  /** What attach targets call it: `eth0`; `web/eth0` in the namespace `web`. */
  get label(): string {
    return this.namespace.name === '' ? this.name : `${this.namespace.name}/${this.name}`;
  }

  /** Gives it an address: `10.0.0.1/24`, `fd00::1/64`. @throws {KernelError} EINVAL */
  address(text: string): this {
    this.addresses.push(parsePrefix(text));
    return this;
  }

  /** Puts a frame on the wire. */
  leave(frame: Uint8Array): void {
    this.sent.push(frame);
    if (this.sent.length > MOST_KEPT) this.sent.shift();
    this.onSend?.(frame);
  }
}

/** Link-layer addresses are given one after the other, over all namespaces of the process that simulates them. */
export class Macs {
  #next = 1;

  take(): Uint8Array {
    const number = this.#next++;
    return Uint8Array.of(2, 0, 0, 0, number >> 8, number & 0xff);
  }
}

/** The devices of a network namespace: `lo` from the start. */
export class Devices {
  readonly #devices: Device[] = [];
  readonly #namespace: NetNamespace;
  readonly #macs: Macs;
  #nextIndex = 1;

  constructor(namespace: NetNamespace, macs: Macs) {
    this.#namespace = namespace;
    this.#macs = macs;
    this.#make('lo', LOOPBACK_MTU, 'loopback').address('127.0.0.1/8').address('::1/128');
  }

  /** Ascending by ifindex. */
  list(): readonly Device[] {
    return [...this.#devices];
  }

  /** @throws {KernelError} EEXIST, EINVAL for a name that Linux would refuse. */
  add(name: string, mtu = ETHERNET_MTU, kind: 'veth' | 'wire' = 'wire'): Device {
    if (name === '' || name === '.' || name === '..' || /[/:\s]/.test(name) || utf8Length(name) > MAX_NAME) {
      throw new KernelError('EINVAL', `"${name}" cannot be the name of a device.`, {
        hint: `Use 1 to ${MAX_NAME} bytes without spaces, slashes and colons.`,
      });
    }
    if (this.#devices.some((device) => device.name === name)) {
      throw new KernelError('EEXIST', `There is a device named ${name} already.`);
    }
    return this.#make(name, mtu, kind);
  }

  #make(name: string, mtu: number, kind: DeviceKind): Device {
    const mac = kind === 'loopback' ? new Uint8Array(6) : this.#macs.take();
    const device = new Device(this.#namespace, { ifindex: this.#nextIndex++, name, mtu, kind, mac });
    this.#devices.push(device);
    return device;
  }

  /** @throws {KernelError} ENODEV */
  byName(name: string): Device {
    const device = this.#devices.find((candidate) => candidate.name === name);
    if (device !== undefined) return device;
    throw new KernelError('ENODEV', `There is no device named ${name}.`, {
      facts: { name },
      hint: `The engine has ${this.#devices.map((candidate) => candidate.name).join(', ')}.`,
    });
  }

  find(ifindex: number): Device | undefined {
    return this.#devices.find((device) => device.ifindex === ifindex);
  }

  /** @throws {KernelError} ENODEV */
  byIndex(ifindex: number): Device {
    const device = this.find(ifindex);
    if (device !== undefined) return device;
    throw new KernelError('ENODEV', `There is no device with index ${ifindex}.`, { facts: { ifindex } });
  }
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
