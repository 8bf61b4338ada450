import { KernelError } from '../../errors/errno.js';
import { type Address, parseIp } from './address.js';
import { askAddress, askSocket } from './calls/address.js';
import type { CallContext } from './calls/context.js';
import { type DeviceAccess, useDevice } from './calls/device.js';
import { getSocketOption, setSocketOption } from './calls/sockopt.js';
import { readSysctl, writeSysctl } from './calls/sysctl.js';
import type { Cgroup } from './cgroups.js';
import { SimulatedSocket, type SocketKind } from './sockets.js';

/** Who a simulated task is. */
export interface TaskOptions {
  /** At most 15 bytes are kept. Default `task`. */
  readonly comm?: string;
  /** Path of its cgroup, made when it is not there; default the root. */
  readonly cgroup?: string;
  readonly pid?: number;
  /** Default: `pid`. */
  readonly tgid?: number;
  /** Default 0. */
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * A task of the simulated host. What it does runs the programs that are attached to its cgroup, in Linux's order; what
 * they refuse is thrown as a `KernelError` with their errno.
 *
 * @example
 * ```ts
 * import { Engine } from 'skep';
 * const engine = await Engine.create();
 * const curl = engine.task({ comm: 'curl', cgroup: '/web' });
 * const socket = curl.socket({ family: 'inet', type: 'stream' });
 * socket.connect('10.0.0.2', 443);
 * ```
 */
export class SimulatedTask {
  readonly cgroup: Cgroup;
  readonly pid: number;
  readonly #call: CallContext;
  readonly #options: TaskOptions;

  constructor(call: CallContext, options: TaskOptions, pid: number) {
    this.#call = call;
    this.#options = options;
    this.pid = options.pid ?? pid;
    this.cgroup = call.world.cgroups.make(options.cgroup ?? '/');
  }

  /** socket(2). */
  socket(kind: SocketKind): TaskSocket {
    return this.#as((call) => {
      const socket = new SimulatedSocket(call.memory, kind, {
        uid: this.#options.uid ?? 0,
        cgroup: this.cgroup,
      });
      try {
        askSocket(call, 'sock_create', socket);
      } catch (error) {
        socket.free();
        throw error;
      }
      return new TaskSocket(socket, (action) => this.#as(action));
    });
  }

  /** Opens or makes a device node. */
  device(use: DeviceAccess): void {
    this.#as((call) => useDevice(call, this.cgroup, use));
  }

  /** Reads a file of /proc/sys: `net/ipv4/ip_forward`. */
  readSysctl(name: string): string {
    return this.#as((call) => readSysctl(call, this.cgroup, name));
  }

  /** Writes a file of /proc/sys. */
  writeSysctl(name: string, value: string): void {
    this.#as((call) => writeSysctl(call, this.cgroup, name, value));
  }

  /** Does something in the name of this task. */
  #as<T>(action: (call: CallContext) => T): T {
    const { comm = 'task', tgid = this.pid, uid = 0, gid = 0 } = this.#options;
    this.#call.memory.setTask({ pid: this.pid, tgid, uid, gid, comm, cgroup: this.cgroup.id });
    return action(this.#call);
  }
}

/** Does something in the name of a task. */
type InName = <T>(action: (call: CallContext) => T) => T;

/** A socket that a simulated task made. Addresses are text: `10.0.0.2`, `::1`. */
export class TaskSocket {
  readonly #socket: SimulatedSocket;
  readonly #as: InName;

  constructor(socket: SimulatedSocket, as: InName) {
    this.#socket = socket;
    this.#as = as;
  }

  /** Its own address. */
  get local(): Address {
    return this.#socket.local;
  }

  /** Of the other end. */
  get remote(): Address {
    return this.#socket.remote;
  }

  /** bind(2); port 0 takes a free one. */
  bind(ip: string, port: number): void {
    this.#as((call) => {
      const asked = askAddress(call, 'bind', this.#socket, this.#parse(ip, port));
      const before = this.#socket.local;
      this.#socket.local = { ip: asked.ip, port: asked.port || call.world.freePort() };
      try {
        askSocket(call, 'post_bind', this.#socket);
      } catch (error) {
        this.#socket.local = before;
        throw error;
      }
    });
  }

  /** connect(2): programs may send the connection elsewhere. */
  connect(ip: string, port: number): void {
    this.#as((call) => {
      this.#socket.remote = askAddress(call, 'connect', this.#socket, this.#parse(ip, port));
      if (this.#socket.local.port === 0)
        this.#socket.local = { ...this.#socket.local, port: call.world.freePort() };
    });
  }

  /** sendmsg(2) of a datagram to an address. @returns where it went */
  send(ip: string, port: number): Address {
    return this.#datagram('sendmsg', ip, port);
  }

  /** recvmsg(2) of a datagram that came from an address. @returns from where the task thinks that it came */
  receive(ip: string, port: number): Address {
    return this.#datagram('recvmsg', ip, port);
  }

  /** getpeername(2): the other end, as programs let the task see it. */
  peerName(): Address {
    return this.#as((call) => askAddress(call, 'getpeername', this.#socket, this.#socket.remote));
  }

  /** getsockname(2): its own address, as programs let the task see it. */
  socketName(): Address {
    return this.#as((call) => askAddress(call, 'getsockname', this.#socket, this.#socket.local));
  }

  /** setsockopt(2). */
  setOption(level: number, option: number, value: Uint8Array): void {
    this.#as((call) => setSocketOption(call, this.#socket, level, option, value));
  }

  /** getsockopt(2) with room for so many bytes. */
  getOption(level: number, option: number, room: number): Uint8Array {
    return this.#as((call) => getSocketOption(call, this.#socket, level, option, room));
  }

  /** close(2): programs see the socket once more. */
  close(): void {
    this.#as((call) => askSocket(call, 'sock_release', this.#socket));
    this.#socket.free();
  }

  #datagram(name: 'sendmsg' | 'recvmsg', ip: string, port: number): Address {
    if (this.#socket.kind.type !== 'dgram')
      throw new KernelError('EOPNOTSUPP', 'only datagrams are sent to an address of their own');
    return this.#as((call) => askAddress(call, name, this.#socket, this.#parse(ip, port)));
  }

  #parse(text: string, port: number): Address {
    const ip = parseIp(text);
    if (!Number.isInteger(port) || port < 0 || port > 0xffff)
      throw new KernelError('EINVAL', `there is no port ${port}`);
    const size = this.#socket.kind.family === 'inet' ? 4 : 16;
    if (ip.length !== size)
      throw new KernelError(
        'EAFNOSUPPORT',
        `${text} is no address of a socket of ${this.#socket.kind.family}`,
      );
    return { ip, port };
  }
}
