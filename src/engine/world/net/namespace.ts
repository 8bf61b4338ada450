import { KernelError } from '../../../errors/errno.js';
import { inPrefix, isUnspecified, type Prefix, parseIp, parsePrefix, sameBytes } from '../address.js';
import { type Device, Devices, type Macs } from '../devices.js';
import { SocketTable } from './socket-table.js';
import type { TimeWait } from './tcp/time-wait.js';

/** Where packets for a network go. */
export interface Route extends Prefix {
  readonly device: Device;
  /** The next hop; without one, whom the packet is for. */
  readonly via?: Uint8Array;
}

/** What a look into the routing table gives. */
export interface Way {
  readonly device: Device;
  /** The address whose link-layer address the frame is sent to. */
  readonly nextHop: Uint8Array;
  /** The sender's address when it has chosen none. */
  readonly source: Uint8Array;
  /** For this host itself. */
  readonly local: boolean;
  /** Reached by way of another host. */
  readonly gateway: boolean;
}

/** The inode of the first network namespace of a Linux, and so on. */
const FIRST_INODE = 4026531840;

/** A network namespace: its devices, addresses, routes, neighbours and sockets. */
export class NetNamespace {
  /** '' is the one in which the simulated host starts. */
  readonly name: string;
  /** What `bpf_get_netns_cookie` says. */
  readonly cookie: bigint;
  readonly inode: number;
  readonly devices: Devices;
  readonly sockets = new SocketTable();
  readonly timeWaits = new Set<TimeWait>();
  /** Pass on packets that are for others; `net.ipv4.ip_forward`. */
  forwarding = false;
  readonly #routes: Route[] = [];
  readonly #neighbours: { readonly ip: Uint8Array; readonly mac: Uint8Array }[] = [];

  constructor(name: string, number: number, macs: Macs) {
    this.name = name;
    this.cookie = BigInt(number);
    this.inode = FIRST_INODE + number - 1;
    this.devices = new Devices(this, macs);
  }

  /** Sends packets for a network (`10.1.0.0/16`, `default`) out of a device, by way of a next hop. */
  route(destination: string, to: { readonly device: string; readonly via?: string }): this {
    const via = to.via === undefined ? undefined : parseIp(to.via);
    const any = via?.length === 16 ? '::/0' : '0.0.0.0/0';
    const prefix = parsePrefix(destination === 'default' ? any : destination);
    const device = this.devices.byName(to.device);
    this.#routes.push({ ...prefix, device, ...(via === undefined ? {} : { via }) });
    return this;
  }

  /** Says the link-layer address of a neighbour, as `ip neigh add`. */
  neighbour(ip: string, mac: Uint8Array): this {
    this.#neighbours.push({ ip: parseIp(ip), mac });
    return this;
  }

  /** Whether an address is one of this host's own. */
  isOwn(ip: Uint8Array): boolean {
    if (ip.length === 4 && ip[0] === 127) return true;
    return this.devices.list().some(({ addresses }) => addresses.some((own) => sameBytes(own.ip, ip)));
  }

  /** @throws {KernelError} ENETUNREACH */
  wayTo(ip: Uint8Array): Way {
    const way = this.findWay(ip);
    if (way !== undefined) return way;
    throw new KernelError(
      'ENETUNREACH',
      `there is no route to ${ip.length === 4 ? ip.join('.') : 'this address'}`,
      {
        facts: { ip: Array.from(ip), namespace: this.name },
        hint: "give a device an address, or the namespace a route: namespace.route('default', { device, via })",
      },
    );
  }

  findWay(ip: Uint8Array): Way | undefined {
    if (this.isOwn(ip) || isUnspecified(ip)) {
      const device = this.devices.byIndex(1);
      const own = isUnspecified(ip)
        ? (device.addresses.find((one) => one.ip.length === ip.length)?.ip ?? ip)
        : ip;
      return { device, nextHop: own, source: own, local: true, gateway: false };
    }
    const route = this.#best(ip);
    if (route === undefined) return undefined;
    const source = sourceOn(route.device, route.via ?? ip) ?? new Uint8Array(ip.length);
    const { device, via } = route;
    return { device, nextHop: via ?? ip, source, local: false, gateway: via !== undefined };
  }

  /** The longest prefix wins, and a device's own network before a route. */
  #best(ip: Uint8Array): Route | undefined {
    const connected = this.devices
      .list()
      .filter(({ kind }) => kind !== 'loopback')
      .flatMap((device) => device.addresses.map((prefix): Route => ({ ...prefix, device })));
    return [...connected, ...this.#routes]
      .filter((route) => inPrefix(ip, route))
      .reduce<Route | undefined>(
        (best, one) => (best === undefined || one.bits > best.bits ? one : best),
        undefined,
      );
  }

  /** The link-layer address of a neighbour; undefined when nobody is known to have that address. */
  macOf(device: Device, ip: Uint8Array): Uint8Array | undefined {
    if (device.kind === 'loopback') return device.mac;
    const known = this.#neighbours.find((one) => sameBytes(one.ip, ip));
    if (known !== undefined) return known.mac;
    const { peer } = device;
    if (peer !== undefined) return peer.mac;
    return device.kind === 'wire' ? WIRE_MAC : undefined;
  }
}

/** Whoever is at the other end of a wire, unless a neighbour is named. */
const WIRE_MAC = Uint8Array.of(2, 0xff, 0xff, 0xff, 0xff, 0xff);

function sourceOn(device: Device, towards: Uint8Array): Uint8Array | undefined {
  const own = device.addresses.filter(({ ip }) => ip.length === towards.length);
  return (own.find((prefix) => inPrefix(towards, prefix)) ?? own[0])?.ip;
}
