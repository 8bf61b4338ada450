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
