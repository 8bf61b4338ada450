import { KernelError } from '../../errors/errno.js';
import { KernelTypes } from '../kernel-types.js';
import type { EngineMemory } from '../memory.js';
import type { CallContext } from './calls/context.js';
import { CgroupHooks } from './cgroup-hooks.js';
import { Cgroups } from './cgroups.js';
import { type Device, type Devices, Macs } from './devices.js';
import { KernelObjects } from './kernel/objects.js';
import { Clock } from './net/clock.js';
import { NetNamespace } from './net/namespace.js';
import { receiveFrame } from './net/receive.js';
import { NO_MARKS } from './net/skb.js';
import { NetStack } from './net/stack.js';
import { sendClone } from './net/tc.js';
import { HookPoints, type PointSource } from './points.js';
import { SimulatedTask, type TaskOptions } from './task.js';
import { Tasks } from './tasks.js';
import { Trace } from './trace/trace.js';

/** A packet that a program sent on by itself (`bpf_clone_redirect`). */
export interface SentPacket {
  readonly ifindex: number;
  /** Into the device, as if it had been received there. */
  readonly ingress: boolean;
  readonly data: Uint8Array;
}

/** A signal that a program sent. */
export interface SentSignal {
  readonly signal: number;
  /** To the thread alone, not to its process. */
  readonly thread: boolean;
  readonly pid: number;
  readonly tgid: number;
}

/** One end of a pair of devices. */
export interface VethEnd {
  readonly name: string;
  /** The name of its network namespace, which is made when it is not there; default the first one. */
  readonly namespace?: string;
  /** `10.0.0.1/24` */
  readonly address?: string;
  readonly mtu?: number;
}

const MOST_KEPT = 4096;
/** The ports that are given to sockets that ask for none. */
const FIRST_PORT = 32768;
const LAST_PORT = 60999;

/**
 * The simulated host around the programs of an engine: its network namespaces with devices and sockets, its cgroups and
 * tasks, and what programs did to it. What tasks do runs the programs that are attached, in Linux's order.
 *
 * @example
 * ```ts
 * import { Engine } from 'skep';
 * const { world } = await Engine.create();
 * world.veth({ name: 'veth0', address: '10.0.0.1/24' }, { name: 'eth0', namespace: 'web', address: '10.0.0.2/24' });
 * const server = world.task('nginx', { namespace: 'web' }).listen('10.0.0.2:443');
 * const client = world.task('curl').connect('10.0.0.2:443').send('GET /');
 * const request = new TextDecoder().decode(server.accept().receive());
 * if (request !== 'GET /') throw new Error(request);
 * client.close();
 * ```
 */
export class World {
  readonly cgroups = new Cgroups();
  /** Files of /proc/sys that were written, by their names: `net/ipv4/ip_forward`. */
  readonly sysctls = new Map<string, string>();
  /** Files by their paths. */
  readonly files = new Map<string, Uint8Array>();
  /** What programs sent, the oldest first; no more than the last 4096. */
  readonly packets: SentPacket[] = [];
  readonly signals: SentSignal[] = [];
  /** The points at which programs run. */
  readonly points: HookPoints;
  readonly objects: KernelObjects;
  readonly net: NetStack;
  readonly tasks: Tasks;
  readonly #memory: EngineMemory;
  readonly #macs = new Macs();
  readonly #namespaces = new Map<string, NetNamespace>();
  readonly #calls: CallContext;
  #nextPort = FIRST_PORT;

  constructor(memory: EngineMemory, source: PointSource, types: KernelTypes) {
    this.#memory = memory;
    this.points = new HookPoints(memory, source);
    this.objects = new KernelObjects(memory, types);
    const trace = new Trace(memory, this.points, this.objects);
    const hooks = new CgroupHooks(memory, this.points);
    const clock = new Clock(memory);
    this.net = new NetStack({ memory, points: this.points, cgroupHooks: hooks, clock, trace });
    this.namespace('').devices.add('eth0');
    this.tasks = new Tasks(memory, this.cgroups.root, this.namespace(''));
    this.#calls = { memory, world: this, net: this.net, trace, hooks };
  }

  /** A host on which nothing is attached. */
  static alone(memory: EngineMemory): World {
    const none = { version: 0, at: () => [], program: noProgram };
    return new World(memory, none, new KernelTypes());
  }

  /** The devices of the first network namespace: `lo` and `eth0`, a wire to the outside, from the start. */
  get devices(): Devices {
    return this.namespace('').devices;
  }

  /** Why packets went no further, by Linux's words for the reasons (`SKB_DROP_REASON_*`), and how many. */
  get drops(): ReadonlyMap<string, number> {
    return this.net.drops;
  }

  /** A network namespace by its name, made when it is not there; '' is the first one. */
  namespace(name: string): NetNamespace {
    let namespace = this.#namespaces.get(name);
    if (namespace === undefined) {
      if (name.includes('/')) throw new KernelError('EINVAL', `"${name}" cannot be the name of a namespace`);
      namespace = new NetNamespace(name, this.#namespaces.size + 1, this.#macs);
      this.#namespaces.set(name, namespace);
    }
    return namespace;
  }

  get namespaces(): readonly NetNamespace[] {
    return [...this.#namespaces.values()];
  }

  /** A device by what attach targets call it: `eth0`; `web/eth0` in the namespace `web`. @throws {KernelError} ENODEV */
  device(label: string): Device {
    const slash = label.indexOf('/');
    const namespace = slash < 0 ? '' : label.slice(0, slash);
    const known = this.#namespaces.get(namespace);
    if (known === undefined)
      throw new KernelError('ENODEV', `There is no network namespace ${namespace}.`, {
        facts: { namespace },
        hint: `There are ${this.namespaces.map(({ name }) => name || "''").join(', ')}.`,
      });
    return known.devices.byName(label.slice(slash + 1));
  }

  /** Makes two devices, each the other end of the other. */
  veth(one: VethEnd, other: VethEnd): readonly [Device, Device] {
    const make = ({ name, namespace = '', address, mtu }: VethEnd): Device => {
      const device = this.namespace(namespace).devices.add(name, mtu, 'veth');
      return address === undefined ? device : device.address(address);
    };
    const ends = [make(one), make(other)] as const;
    ends[0].peer = ends[1];
    ends[1].peer = ends[0];
    return ends;
  }

  /** Lets an Ethernet frame come in by a device, as if it came from outside. */
  receive(device: string, frame: Uint8Array): void {
    const at = this.device(device);
    this.tasks.as(this.tasks.idle, () => {
      this.net.raise(() => receiveFrame(this.net, at, frame, NO_MARKS));
      this.net.work();
    });
  }

  /** A task with this name. What it does runs the programs that are attached to it, its cgroup and its way. */
  task(comm: string, options: Omit<TaskOptions, 'comm'> = {}): SimulatedTask {
    return SimulatedTask.make(this.#calls, { ...options, comm });
  }

  /** Lets time pass: timers go off, and what was lost is sent again. @param milliseconds of the engine's clock */
  advance(milliseconds: number): void {
    this.tasks.as(this.tasks.idle, () => {
      this.net.clock.advance(milliseconds * 1e6);
      this.net.work();
    });
  }

  /** One port after the other, from the beginning again after the last. */
  freePort(): number {
    const port = this.#nextPort;
    this.#nextPort = port === LAST_PORT ? FIRST_PORT : port + 1;
    return port;
  }

  send(packet: SentPacket): void {
    this.packets.push(packet);
    if (this.packets.length > MOST_KEPT) this.packets.shift();
  }

  /** A copy of a packet leaves, or comes in again, by a device of the namespace in which a program runs. */
  sendClone(ifindex: number, ingress: boolean, frame: Uint8Array): void {
    const device = this.net.here?.devices.find(ifindex);
    if (device !== undefined) sendClone(this.net, device, ingress, frame);
  }

  signal(signal: SentSignal): void {
    this.signals.push(signal);
    if (this.signals.length > MOST_KEPT) this.signals.shift();
  }

  /** The engine's memory, for what needs it of the world. */
  get memory(): EngineMemory {
    return this.#memory;
  }
}

function noProgram(id: number): never {
  throw new KernelError('ENOENT', `there is no program with id ${id}`, { facts: { id } });
}
