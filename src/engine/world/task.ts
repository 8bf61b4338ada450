import { KernelError } from '../../errors/errno.js';
import { parseEndpoint, parseIp } from './address.js';
import type { CallContext } from './calls/context.js';
import { type DeviceAccess, useDevice } from './calls/device.js';
import { openFile, unlinkFile } from './calls/files.js';
import { execute, exit, fork, kill } from './calls/processes.js';
import { makeSocket } from './calls/sockets.js';
import { syscall } from './calls/syscall.js';
import { readSysctl, writeSysctl } from './calls/sysctl.js';
import type { Cgroup } from './cgroups.js';
import { echoRequest, icmpProtocol } from './net/icmp.js';
import { sendIp } from './net/ip.js';
import type { SocketKind } from './sockets.js';
import { TaskFile } from './task-file.js';
import { type Descriptors, TaskSocket } from './task-socket.js';
import type { TaskRecord } from './tasks.js';

/** Who a simulated task is. */
export interface TaskOptions {
  /** At most 15 bytes are kept. Default `task`. */
  readonly comm?: string;
  /** Path of its cgroup, made when it is not there; default the root. */
  readonly cgroup?: string;
  /** Name of its network namespace, made when it is not there; default the first. */
  readonly namespace?: string;
  readonly pid?: number;
  /** Default: `pid`. */
  readonly tgid?: number;
  /** Default 0. */
  readonly uid?: number;
  readonly gid?: number;
}

/** Standard input, output and error are open from the start. */
const FIRST_FD = 3;
const AF = { inet: 2, inet6: 10 } as const;
const SOCK = { stream: 1, dgram: 2 } as const;
const PING_TIMEOUT = 1e9;

/**
 * A task of the simulated host. What it does runs the programs that are attached, in Linux's order: tracepoints, LSM,
 * cgroup, socket, packets. What they refuse is thrown as a `KernelError` with their errno.
 *
 * @example
 * ```ts
 * import { Engine } from 'skep';
 * const { world } = await Engine.create();
 * const server = world.task('server', { cgroup: '/web' });
 * const listening = server.listen('127.0.0.1:8080');
 * const socket = world.task('client').connect('127.0.0.1:8080');
 * socket.send('hello');
 * if (new TextDecoder().decode(listening.accept().receive()) !== 'hello') throw new Error('lost');
 * ```
 */
export class SimulatedTask {
  readonly #call: CallContext;
  readonly #record: TaskRecord;
  readonly #descriptors: Descriptors;
  #sequence = 0;

  private constructor(call: CallContext, record: TaskRecord) {
    this.#call = call;
    this.#record = record;
    let next = FIRST_FD;
    this.#descriptors = { take: () => next++ };
  }

  static make(call: CallContext, options: TaskOptions): SimulatedTask {
    const { world } = call;
    const record = world.tasks.add({
      comm: options.comm ?? 'task',
      pid: options.pid,
      tgid: options.tgid,
      uid: options.uid,
      gid: options.gid,
      cgroup: world.cgroups.make(options.cgroup ?? '/'),
      namespace: world.namespace(options.namespace ?? ''),
    });
    return new SimulatedTask(call, record);
  }

  get pid(): number {
    return this.#record.pid;
  }

  get comm(): string {
    return this.#record.comm;
  }

  get cgroup(): Cgroup {
    return this.#record.cgroup;
  }

  /** socket(2). */
  socket(kind: SocketKind): TaskSocket {
    const fd = this.#descriptors.take();
    const args = () => [AF[kind.family], SOCK[kind.type], 0].map(BigInt);
    return this.#as((call) => {
      const socket = syscall(
        call,
        'socket',
        args,
        () => makeSocket(call, this.#record, kind),
        () => fd,
      );
      return new TaskSocket(socket, fd, (action) => this.#as(action), this.#descriptors);
    });
  }

  /** A TCP socket, connected to `10.0.0.2:443` or `[fd00::2]:443`. */
  connect(to: string): TaskSocket {
    return this.socket({ family: familyOf(to), type: 'stream' }).connect(to);
  }

  /** A TCP socket that listens at `0.0.0.0:80`. @param backlog how many may wait to be accepted; default 128 */
  listen(at: string, backlog = 128): TaskSocket {
    return this.socket({ family: familyOf(at), type: 'stream' })
      .bind(at)
      .listen(backlog);
  }

  /** A UDP socket; with an address, bound to it. */
  datagrams(at?: string, family: SocketKind['family'] = 'inet'): TaskSocket {
    const socket = this.socket({ family: at === undefined ? family : familyOf(at), type: 'dgram' });
    return at === undefined ? socket : socket.bind(at);
  }

  /** Sends an ICMP echo request. @returns whether it was answered within a second */
  ping(ip: string): boolean {
    const dst = parseIp(ip);
    return this.#as(({ net }) => {
      const { namespace, pid } = this.#record;
      const way = namespace.wayTo(dst);
      const sequence = ++this.#sequence;
      const src = way.source;
      const message = echoRequest(src, dst, pid, sequence);
      sendIp(net, { namespace, way, src, dst, protocol: icmpProtocol(dst) }, message);
      if (namespace.sockets.hasEcho(pid, sequence)) return true;
      net.clock.advance(PING_TIMEOUT);
      net.work();
      return namespace.sockets.hasEcho(pid, sequence);
    });
  }

  /** Opens a file; `create` makes it when it is not there. */
  open(path: string, options: { readonly write?: boolean; readonly create?: boolean } = {}): TaskFile {
    const fd = this.#descriptors.take();
    return this.#as((call) => {
      const file = openFile(call, this.#record, { path, fd, write: false, create: false, ...options });
      return new TaskFile(file, fd, (action) => this.#as(action));
    });
  }

  /** unlink(2). */
  unlink(path: string): void {
    this.#as((call) => unlinkFile(call, this.#record, path));
  }

  /** Makes a task like this one, its child. */
  fork(options: { readonly pid?: number } = {}): SimulatedTask {
    return this.#as((call) => new SimulatedTask(call, fork(call, this.#record, options.pid)));
  }

  /** execve(2): runs another program from now on. */
  exec(path: string, ...args: readonly string[]): this {
    this.#as((call) => execute(call, this.#record, path, args));
    return this;
  }

  /** exit(2). */
  exit(code = 0): void {
    this.#as((call) => exit(call, this.#record, code));
  }

  /** kill(2). */
  kill(pid: number, signal: number): void {
    this.#as((call) => kill(call, pid, signal));
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
    const { tasks } = this.#call.world;
    if (tasks.find(this.pid) !== this.#record)
      throw new KernelError('ESRCH', `task ${this.pid} has exited`, { facts: { pid: this.pid } });
    return tasks.as(this.#record, () => action(this.#call));
  }
}

function familyOf(endpoint: string): SocketKind['family'] {
  return parseEndpoint(endpoint).ip.length === 4 ? 'inet' : 'inet6';
}
