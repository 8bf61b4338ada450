import { callError } from '../explain/errno.js';
import { Fd } from './fd.js';
import { checked, libc } from './libc.js';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const HEADER = 16;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const FIVE_SECONDS = new Uint8Array(new BigInt64Array([5n, 0n]).buffer);

/** `NLM_F_*` */
export const NLM = { request: 1, ack: 4, dump: 0x300, replace: 0x100, excl: 0x200, create: 0x400 } as const;
const NLA_NESTED = 0x8000;

/** Builds a netlink message: a fixed header of its family, then attributes. */
export class NetlinkMessage {
  readonly #bytes: number[] = [];

  u8(value: number): this {
    this.#bytes.push(value & 255);
    return this;
  }
  u16(value: number): this {
    return this.u8(value).u8(value >> 8);
  }
  u32(value: number): this {
    return this.u16(value & 0xffff).u16(value >>> 16);
  }
  /** An attribute with what `fill` writes. */
  nested(type: number, fill: (message: this) => void): this {
    return this.attribute(type | NLA_NESTED, fill);
  }
  attribute(type: number, fill: (message: this) => void): this {
    const at = this.#bytes.length;
    this.u16(0).u16(type);
    fill(this);
    const length = this.#bytes.length - at;
    this.#bytes[at] = length & 255;
    this.#bytes[at + 1] = length >> 8;
    while (this.#bytes.length % 4 !== 0) this.u8(0);
    return this;
  }
  text(type: number, value: string): this {
    return this.attribute(type, (message) => {
      for (const byte of new TextEncoder().encode(`${value}\0`)) message.u8(byte);
    });
  }
  number(type: number, value: number): this {
    return this.attribute(type, (message) => message.u32(value));
  }
  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** One message of an answer, without its header. */
export interface NetlinkAnswer {
  readonly type: number;
  readonly body: Uint8Array;
}

/**
 * Asks rtnetlink, in the calling thread's network namespace.
 * @returns the messages of the answer and 0, or minus errno.
 */
export function netlink(
  type: number,
  flags: number,
  message: NetlinkMessage,
): { readonly result: number; readonly messages: readonly NetlinkAnswer[] } {
  const made = checked(libc().socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (made < 0) throw callError('a netlink socket', made, { needs: ['CAP_NET_ADMIN'] });
  using fd = new Fd(made);
  // An answer comes at once or never.
  libc().setsockopt(fd.fd, SOL_SOCKET, SO_RCVTIMEO, FIVE_SECONDS, FIVE_SECONDS.length);
  const { bytes } = message;
  const request = new Uint8Array(new ArrayBuffer(HEADER + bytes.length));
  const view = new DataView(request.buffer);
  view.setUint32(0, request.length, true);
  view.setUint16(4, type, true);
  const isDump = (flags & NLM.dump) === NLM.dump;
  view.setUint16(6, flags | NLM.request | (isDump ? 0 : NLM.ack), true);
  view.setUint32(8, 1, true);
  request.set(bytes, HEADER);
  const sent = checked(libc().send(fd.fd, request, request.length, 0));
  return sent < 0 ? { result: sent, messages: [] } : receive(fd);
}

function receive(fd: Fd): { readonly result: number; readonly messages: readonly NetlinkAnswer[] } {
  const messages: NetlinkAnswer[] = [];
  const buffer = new Uint8Array(new ArrayBuffer(1 << 16));
  const view = new DataView(buffer.buffer);
  for (;;) {
    const length = checked(libc().recv(fd.fd, buffer, buffer.length, 0));
    if (length < 0) return { result: length, messages };
    for (let at = 0; at + HEADER <= length; ) {
      const size = view.getUint32(at, true);
      const type = view.getUint16(at + 4, true);
      if (type === NLMSG_DONE) return { result: 0, messages };
      if (type === NLMSG_ERROR) return { result: view.getInt32(at + HEADER, true), messages };
      messages.push({ type, body: buffer.slice(at + HEADER, at + size) });
      at += (Math.max(size, HEADER) + 3) & ~3;
    }
  }
}

/** The attributes that follow a fixed header of `skip` bytes, by their type. */
export function attributes(bytes: Uint8Array, skip = 0): ReadonlyMap<number, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = new Map<number, Uint8Array>();
  for (let at = skip; at + 4 <= bytes.length; ) {
    const size = view.getUint16(at, true);
    if (size < 4) break;
    found.set(view.getUint16(at + 2, true) & 0x3fff, bytes.subarray(at + 4, at + size));
    at += (size + 3) & ~3;
  }
  return found;
}
