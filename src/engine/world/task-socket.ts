import { KernelError } from '../../errors/errno.js';
import type { Program } from '../../kernel/kernel.js';
import { type Address, checkedPort, parseEndpoint, parseIp } from './address.js';
import { askAddress } from './calls/address.js';
import type { CallContext } from './calls/context.js';
import {
  acceptFrom,
  bindSocket,
  closeSocket,
  connectSocket,
  listenOn,
  receiveOn,
  sendOn,
  shutSocket,
} from './calls/sockets.js';
import { getSocketOption, setSocketOption } from './calls/sockopt.js';
import { syscall } from './calls/syscall.js';
import { sockaddrOf } from './kernel/sock-structs.js';
import type { Datagram, SimulatedSocket } from './sockets.js';

/** Does something in the name of a task. */
export type InName = <T>(action: (call: CallContext) => T) => T;

/** Gives file descriptors, one after the other. */
export interface Descriptors {
  take(): number;
}

const MOST = 65536;
const SOL_SOCKET = 1;
const SO_REUSEPORT = 15;

/** A socket that a simulated task made. Addresses are text: `10.0.0.2:443`, `[fd00::2]:443`, or `10.0.0.2` and a port. */
export class TaskSocket {
  /** Its number in its task. */
  readonly fd: number;
  readonly #socket: SimulatedSocket;
  readonly #as: InName;
  readonly #descriptors: Descriptors;

  constructor(socket: SimulatedSocket, fd: number, as: InName, descriptors: Descriptors) {
    this.#socket = socket;
    this.fd = fd;
    this.#as = as;
    this.#descriptors = descriptors;
  }

  /** Its own address. */
  get local(): Address {
    return this.#socket.local;
  }

  /** Of the other end. */
  get remote(): Address {
    return this.#socket.remote;
  }

  /** TCP_*: 1 established, 7 closed, 10 listening. */
  get state(): number {
    return this.#socket.state;
  }

  /** As `bpf_get_socket_cookie` says it. */
  get cookie(): bigint {
    return this.#socket.cookie;
  }

  /** What maps of sockets take for it in place of its file descriptor. */
  get handle(): bigint {
    return BigInt(this.#socket.address);
  }

  /** bind(2); port 0 takes a free one. */
  bind(to: string, port?: number): this {
    const address = this.#parse(to, port);
    this.#addressed('bind', address, (call) => bindSocket(call, this.#socket, address));
    return this;
  }

  /** listen(2). */
  listen(backlog = 128): this {
    this.#call('listen', [BigInt(backlog)], (call) => listenOn(call, this.#socket, backlog));
    return this;
  }

  /** accept4(2): the next connection. @throws {KernelError} EAGAIN when none is there and none is on its way */
  accept(): TaskSocket {
    const fd = this.#descriptors.take();
    return this.#as((call) => {
      const child = syscall(
        call,
        'accept4',
        () => [BigInt(this.fd), 0n, 0n, 0n],
        () => acceptFrom(call, this.#socket),
        () => fd,
      );
      return new TaskSocket(child, fd, this.#as, this.#descriptors);
    });
  }

  /** connect(2): programs may send the connection elsewhere. Waits until it is there. */
  connect(to: string, port?: number): this {
    const address = this.#parse(to, port);
    this.#addressed('connect', address, (call) => connectSocket(call, this.#socket, address));
    return this;
  }

  /** send(2) to the other end. */
  send(data: string | Uint8Array): this {
    this.#send(data);
    return this;
  }

  /** sendto(2): a datagram to an address. */
  sendTo(to: string, data: string | Uint8Array): this {
    this.#send(data, this.#parse(to));
    return this;
  }

  /** recv(2): bytes that came in; none when the other end sends no more. @throws {KernelError} EAGAIN */
  receive(most = MOST): Uint8Array {
    return this.receiveFrom(most).data;
  }

  /** recvfrom(2): a datagram, and from where it came as programs let the task see it. @throws {KernelError} EAGAIN */
  receiveFrom(most = MOST): Datagram {
    return this.#as((call) =>
      syscall(
        call,
        'recvfrom',
        () => [
          BigInt(this.fd),
          BigInt(call.trace.objects.scratch(new Uint8Array(64))),
          BigInt(most),
          0n,
          0n,
          0n,
        ],
        () => receiveOn(call, this.#socket, most),
        ({ data }) => data.length,
      ),
    );
  }

  /** shutdown(2) of what this end sends. */
  shutdown(): this {
    this.#call('shutdown', [1n], (call) => shutSocket(call, this.#socket));
    return this;
  }

  /** getpeername(2): the other end, as programs let the task see it. */
  peerName(): Address {
    return this.#name('getpeername', this.#socket.remote);
  }

  /** getsockname(2): its own address, as programs let the task see it. */
  socketName(): Address {
    return this.#name('getsockname', this.#socket.local);
  }

  /** setsockopt(2). */
  setOption(level: number, option: number, value: Uint8Array): this {
    this.#call('setsockopt', [level, option, 0, value.length].map(BigInt), (call) => {
      call.trace.ask('socket_setsockopt', () => this.#optionArgs(call, level, option));
      setSocketOption(call, this.#socket, level, option, value);
      const set = this.#socket.options.get(`${SOL_SOCKET}:${SO_REUSEPORT}`);
      this.#socket.sharesPort = (set?.[0] ?? 0) !== 0;
    });
    return this;
  }

  /** getsockopt(2) with room for so many bytes. */
  getOption(level: number, option: number, room: number): Uint8Array {
    return this.#call('getsockopt', [level, option, 0, room].map(BigInt), (call) => {
      call.trace.ask('socket_getsockopt', () => this.#optionArgs(call, level, option));
      return getSocketOption(call, this.#socket, level, option, room);
    });
  }

  /** Shares its port with other sockets that do (SO_REUSEPORT). */
  sharePort(): this {
    return this.setOption(SOL_SOCKET, SO_REUSEPORT, Uint8Array.of(1, 0, 0, 0));
  }

  /** SO_ATTACH_BPF, or SO_ATTACH_REUSEPORT_EBPF for programs of type `sk_reuseport`. @throws {KernelError} EINVAL */
  async attach(program: Program): Promise<this> {
    const { type } = await program.info();
    const attached = this.#as((call) => call.world.points.program(program.id));
    if (type === 'sk_reuseport') this.#socket.chooser = attached;
    else if (type === 'socket_filter' || type === 'cgroup_skb') this.#socket.filter = attached;
    else
      throw new KernelError('EINVAL', `a program of type ${type} is no filter of sockets`, {
        facts: { type },
      });
    return this;
  }

  /** close(2): programs see the socket once more. */
  close(): void {
    this.#call('close', [], (call) => closeSocket(call, this.#socket));
  }

  #optionArgs({ trace }: CallContext, level: number, option: number): readonly bigint[] {
    return [trace.objects.socket(this.#socket), BigInt(level), BigInt(option)];
  }

  #name(name: 'getpeername' | 'getsockname', own: Address): Address {
    return this.#call(name, [0n, 0n], (call) => {
      call.trace.ask(`socket_${name}`, () => [call.trace.objects.socket(this.#socket)]);
      return askAddress(call, name, this.#socket, own);
    });
  }

  #send(data: string | Uint8Array, to?: Address): void {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    this.#as((call) => {
      const args = () => {
        const { objects } = call.trace;
        const name = to === undefined ? undefined : sockaddrOf(to);
        const at = name === undefined ? 0 : objects.scratch(name);
        return [this.fd, objects.scratch(bytes), bytes.length, 0, at, name?.length ?? 0].map(BigInt);
      };
      syscall(
        call,
        'sendto',
        args,
        () => sendOn(call, this.#socket, bytes, to),
        (sent) => sent,
      );
    });
  }

  /** A system call whose result is 0. */
  #call<T>(name: string, args: readonly bigint[], body: (call: CallContext) => T): T {
    return this.#as((call) =>
      syscall(
        call,
        name,
        () => [BigInt(this.fd), ...args],
        () => body(call),
        () => 0,
      ),
    );
  }

  #addressed(name: 'bind' | 'connect', to: Address, body: (call: CallContext) => void): void {
    this.#as((call) => {
      const args = () => {
        const bytes = sockaddrOf(to);
        return [BigInt(this.fd), BigInt(call.trace.objects.scratch(bytes)), BigInt(bytes.length)];
      };
      syscall(
        call,
        name,
        args,
        () => body(call),
        () => 0,
      );
    });
  }

  #parse(text: string, port?: number): Address {
    const { ip, port: number } =
      port === undefined ? parseEndpoint(text) : { ip: parseIp(text), port: checkedPort(port) };
    const size = this.#socket.kind.family === 'inet' ? 4 : 16;
    if (ip.length !== size)
      throw new KernelError(
        'EAFNOSUPPORT',
        `${text} is no address of a socket of ${this.#socket.kind.family}`,
      );
    return { ip, port: number };
  }
}
