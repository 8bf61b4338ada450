import { bytesOfNumber, numberOfBytes } from './fields.js';

/** One option of a TCP header: RFC 9293, RFC 7323, RFC 2018. */
export type TcpOption =
  | { readonly kind: 'nop' }
  | { readonly kind: 'mss'; readonly size: number }
  | { readonly kind: 'windowScale'; readonly shift: number }
  | { readonly kind: 'sackPermitted' }
  | { readonly kind: 'timestamps'; readonly value: number; readonly echo: number };

/** The bytes of options, padded with zeros to whole words. */
export function writeTcpOptions(options: readonly TcpOption[] | Uint8Array): Uint8Array {
  const bytes = options instanceof Uint8Array ? options : Uint8Array.from(options.flatMap(writeOption));
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  return padded;
}

function writeOption(option: TcpOption): number[] {
  switch (option.kind) {
    case 'nop':
      return [1];
    case 'mss':
      return [2, 4, ...bytesOfNumber(BigInt(option.size), 2)];
    case 'windowScale':
      return [3, 3, option.shift];
    case 'sackPermitted':
      return [4, 2];
    case 'timestamps':
      return [8, 10, ...bytesOfNumber(BigInt(option.value), 4), ...bytesOfNumber(BigInt(option.echo), 4)];
    default:
      return option satisfies never;
  }
}

/** For people: `mss 1460, nop, window scale 7`. What makes no sense is shown as bytes. */
export function showTcpOptions(bytes: Uint8Array): string {
  const words: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const kind = bytes[at] as number;
    if (kind === 0) break;
    if (kind === 1) {
      words.push('nop');
      at++;
      continue;
    }
    const length = bytes[at + 1] ?? 0;
    if (length < 2 || at + length > bytes.length) {
      words.push(`broken ${hex(bytes.subarray(at))}`);
      break;
    }
    words.push(showOption(kind, bytes.subarray(at + 2, at + length)));
    at += length;
  }
  return words.length === 0 ? 'none' : words.join(', ');
}

function showOption(kind: number, data: Uint8Array): string {
  if (kind === 2 && data.length === 2) return `mss ${numberOfBytes(data)}`;
  if (kind === 3 && data.length === 1) return `window scale ${data[0]}`;
  if (kind === 4 && data.length === 0) return 'sack permitted';
  if (kind === 8 && data.length === 8)
    return `timestamps ${numberOfBytes(data.subarray(0, 4))} ${numberOfBytes(data.subarray(4))}`;
  return `option ${kind} ${hex(data)}`.trimEnd();
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
