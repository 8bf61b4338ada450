import { KernelError } from '../../errors/errno.js';

/** Where a socket is, or whom it talks to: 4 or 16 bytes in network order, and a port. */
export interface Address {
  readonly ip: Uint8Array;
  readonly port: number;
}

/** AF_INET and AF_INET6. */
export const IPV4 = 2;
export const IPV6 = 10;

/** Bytes of `10.0.0.1`, `::1`, `2001:db8::7`. @throws {KernelError} EINVAL */
export function parseIp(text: string): Uint8Array {
  const bytes = text.includes(':') ? parseIpv6(text) : parseIpv4(text);
  if (bytes === undefined) throw new KernelError('EINVAL', `"${text}" is no IP address`, { facts: { text } });
  return bytes;
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  const good = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return good ? Uint8Array.from(parts, Number) : undefined;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = [...(head as string[]), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - groups.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const words = [...(head as string[]), ...Array.from({ length: missing }, () => '0'), ...(tail ?? [])];
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => {
    view.setUint16(index * 2, Number.parseInt(word, 16), false);
  });
  return bytes;
}

/** An address and how many of its bits name the network. */
export interface Prefix {
  readonly ip: Uint8Array;
  readonly bits: number;
}

/** `10.0.0.1/24`; without a slash, all bits. @throws {KernelError} EINVAL */
export function parsePrefix(text: string): Prefix {
  const [address = '', bits] = text.split('/');
  const ip = parseIp(address);
  const most = ip.length * 8;
  const count = bits === undefined ? most : Number(bits);
  if (!Number.isInteger(count) || count < 0 || count > most)
    throw new KernelError('EINVAL', `"${text}" is no prefix: a /${bits} cannot be`, { facts: { text } });
  return { ip, bits: count };
}

/** `10.0.0.2:443`, `[fd00::2]:443`. @throws {KernelError} EINVAL */
export function parseEndpoint(text: string): Address {
  const match = /^(?:\[(?<six>[^\]]+)\]|(?<four>[^:]+)):(?<port>\d+)$/.exec(text);
  const host = match?.groups?.['six'] ?? match?.groups?.['four'];
  if (host === undefined)
    throw new KernelError('EINVAL', `"${text}" is no address with a port`, {
      facts: { text },
      hint: 'write 10.0.0.2:443 or [fd00::2]:443',
    });
  return { ip: parseIp(host), port: checkedPort(Number(match?.groups?.['port'])) };
}

/** @throws {KernelError} EINVAL */
export function checkedPort(port: number): number {
  if (!Number.isInteger(port) || port < 0 || port > 0xffff)
    throw new KernelError('EINVAL', `there is no port ${port}`);
  return port;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Whether an address is in the network of a prefix. */
export function inPrefix(ip: Uint8Array, prefix: Prefix): boolean {
  if (ip.length !== prefix.ip.length) return false;
  for (let bit = 0; bit < prefix.bits; bit += 8) {
    const left = prefix.bits - bit;
    const mask = left >= 8 ? 0xff : (0xff << (8 - left)) & 0xff;
    if (((ip[bit / 8]! ^ prefix.ip[bit / 8]!) & mask) !== 0) return false;
  }
  return true;
}

export function isUnspecified(ip: Uint8Array): boolean {
  return ip.every((byte) => byte === 0);
}
