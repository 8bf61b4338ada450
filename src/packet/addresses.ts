import { SkepError } from '../errors/base.js';
import { bytesOfNumber, numberOfBytes } from './fields.js';

/** `02:00:00:00:00:01` as a number of 48 bits. @throws {SkepError} `PACKET_ADDRESS` */
export function parseMac(text: string): bigint {
  if (!/^[0-9a-f]{1,2}([:-][0-9a-f]{1,2}){5}$/i.test(text)) throw bad(text, 'MAC address');
  return numberOfBytes(Uint8Array.from(text.split(/[:-]/), (byte) => Number.parseInt(byte, 16)));
}

/** `10.0.0.1` as a number of 32 bits. @throws {SkepError} `PACKET_ADDRESS` */
export function parseIpv4(text: string): bigint {
  const parts = text.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256));
  if (parts.length !== 4 || parts.some((part) => part > 255)) throw bad(text, 'IPv4 address');
  return numberOfBytes(Uint8Array.from(parts));
}

/** `fd00::1`, also with an IPv4 address at its end, as a number of 128 bits. @throws {SkepError} `PACKET_ADDRESS` */
export function parseIpv6(text: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted !== null) {
    const low = parseIpv4(dotted[2] as string);
    return parseIpv6(`${dotted[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`);
  }
  const halves = text.split('::');
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const [front = [], back = []] = groups;
  const missing = 8 - front.length - back.length;
  const right = halves.length === 1 ? missing === 0 : halves.length === 2 && missing >= 1;
  if (!right || ![...front, ...back].every((group) => /^[0-9a-f]{1,4}$/i.test(group)))
    throw bad(text, 'IPv6 address');
  const all = [...front, ...Array.from({ length: missing }, () => '0'), ...back];
  return all.reduce((value, group) => (value << 16n) | BigInt(Number.parseInt(group, 16)), 0n);
}

/** The bytes of an IPv4, IPv6 or MAC address in network order. @throws {SkepError} `PACKET_ADDRESS` */
export function parseAddress(text: string): Uint8Array {
  if (/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return bytesOfNumber(parseMac(text), 6);
  return text.includes(':') ? bytesOfNumber(parseIpv6(text), 16) : bytesOfNumber(parseIpv4(text), 4);
}

function bad(text: string, what: string): SkepError {
  return new SkepError('PACKET_ADDRESS', `'${text}' is no ${what}`, { facts: { text } });
}
