import { createRequire } from 'node:module';
import type { Koffi } from '../../src/linux/sys/libc.js';

/** Sockets of this machine's kernel, by their system calls and one after the other: loopback, IPv4, blocking. */

const AF_INET = 2;
const TYPES = { stream: 1, dgram: 2 } as const;
const ADDRESS = 16;

const PROTOTYPES = {
  socket: 'int socket(int family, int type, int protocol)',
  bind: 'int bind(int fd, void *address, uint size)',
  listen: 'int listen(int fd, int backlog)',
  connect: 'int connect(int fd, void *address, uint size)',
  accept4: 'int accept4(int fd, void *address, void *size, int flags)',
  sendto: 'long sendto(int fd, void *data, size_t size, int flags, void *address, uint addressSize)',
  recvfrom: 'long recvfrom(int fd, void *data, size_t size, int flags, void *address, void *addressSize)',
  shutdown: 'int shutdown(int fd, int how)',
  close: 'int close(int fd)',
} as const;

type Name = keyof typeof PROTOTYPES;
let library: { readonly koffi: Koffi; readonly call: (name: Name, ...args: unknown[]) => number } | undefined;

function calls(): NonNullable<typeof library> {
  if (library === undefined) {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    const libc = koffi.load(null);
    const functions = Object.fromEntries(
      Object.entries(PROTOTYPES).map(([name, prototype]) => [name, libc.func(prototype)]),
    );
    library = { koffi, call: (name, ...args) => Number(functions[name]?.(...args)) };
  }
  return library;
}

function sys(name: Name, ...args: unknown[]): number {
  const { koffi, call } = calls();
  const result = call(name, ...args);
  if (result < 0) throw new Error(`errno ${koffi.errno()}`);
  return result;
}

function address(ip: string, port: number): Uint8Array {
  const bytes = new Uint8Array(ADDRESS);
  bytes[0] = AF_INET;
  bytes[2] = port >> 8;
  bytes[3] = port & 0xff;
  bytes.set(ip.split('.').map(Number), 4);
  return bytes;
}

/** One socket; as little of it as `TaskSocket` has too. */
export class LinuxSocket {
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  static make(type: 'stream' | 'dgram'): LinuxSocket {
    return new LinuxSocket(sys('socket', AF_INET, TYPES[type], 0));
  }

  bind(ip: string, port: number): this {
    sys('bind', this.#fd, address(ip, port), ADDRESS);
    return this;
  }

  listen(backlog = 128): this {
    sys('listen', this.#fd, backlog);
    return this;
  }

  connect(ip: string, port: number): this {
    sys('connect', this.#fd, address(ip, port), ADDRESS);
    return this;
  }

  accept(): LinuxSocket {
    return new LinuxSocket(sys('accept4', this.#fd, null, null, 0));
  }

  send(text: string): this {
    const data = new TextEncoder().encode(text);
    sys('sendto', this.#fd, data, data.length, 0, null, 0);
    return this;
  }

  sendTo(to: string, text: string): this {
    const [ip = '', port] = to.split(':');
    const data = new TextEncoder().encode(text);
    sys('sendto', this.#fd, data, data.length, 0, address(ip, Number(port)), ADDRESS);
    return this;
  }

  receive(): Uint8Array {
    const data = new Uint8Array(2048);
    const from = new Uint8Array(ADDRESS);
    const size = Uint32Array.of(ADDRESS);
    return data.slice(0, sys('recvfrom', this.#fd, data, data.length, 0, from, new Uint8Array(size.buffer)));
  }

  shutdown(): this {
    sys('shutdown', this.#fd, 1);
    return this;
  }

  close(): void {
    sys('close', this.#fd);
  }
}
