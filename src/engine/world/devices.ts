import { KernelError } from '../../errors/errno.js';

/** A network device of the simulated host. */
export interface Device {
  /** From 1, never used twice. */
  readonly ifindex: number;
  /** At most 15 bytes, as in Linux. */
  readonly name: string;
  /** Largest packet, without the link-layer header. */
  readonly mtu: number;
}

/** What Linux gives the loopback device, and an Ethernet device. */
const LOOPBACK_MTU = 65536;
const ETHERNET_MTU = 1500;

const MAX_NAME = 15;

/** The devices of the simulated host: `lo` and `eth0` from the start. */
export class Devices {
  readonly #devices: Device[] = [];
  #nextIndex = 1;

  constructor() {
    this.add('lo', LOOPBACK_MTU);
    this.add('eth0');
  }

  /** Ascending by ifindex. */
  list(): readonly Device[] {
    return [...this.#devices];
  }

  /** @throws {KernelError} EEXIST, EINVAL for a name that Linux would refuse. */
  add(name: string, mtu = ETHERNET_MTU): Device {
    if (name === '' || name === '.' || name === '..' || /[/:\s]/.test(name) || utf8Length(name) > MAX_NAME) {
      throw new KernelError('EINVAL', `"${name}" cannot be the name of a device.`, {
        hint: `Use 1 to ${MAX_NAME} bytes without spaces, slashes and colons.`,
      });
    }
    if (this.#devices.some((device) => device.name === name)) {
      throw new KernelError('EEXIST', `There is a device named ${name} already.`);
    }
    const device = { ifindex: this.#nextIndex++, name, mtu };
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
