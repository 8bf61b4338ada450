/** Reads the string that an argument points to; undefined when the address is bad. */
type ReadString = (address: bigint) => Uint8Array | undefined;

const SPECIFIER =
  /^([0+\- ]*)([1-9][0-9]*)?(?:(p)(?:([KxsSB])|([iI][46])|([ku])s)?|(s)|(c)|(l{0,2})([idxuX]))/;
const ENDS_WORD = /^(?:$|[\s!-/:-@[-`{-~])/;

/**
 * Formats a line as `bpf_trace_printk` does: Linux's subset of printf (`bpf_bprintf_prepare` in
 * kernel/bpf/helpers.c). `%p` prints the address instead of a hash of it.
 *
 * @param format with its closing zero
 * @returns undefined for a format that Linux refuses with -EINVAL
 */
export function formatTrace(
  format: Uint8Array,
  args: readonly bigint[],
  readString: ReadString,
): string | undefined {
  const end = format.indexOf(0);
  if (end < 0) return undefined;
  const text = String.fromCharCode(...format.subarray(0, end));
  if (!/^[\t-\r -~]*$/.test(text)) return undefined;
  let out = '';
  let used = 0;
  for (let at = 0; at < text.length; ) {
    if (text[at] !== '%') {
      out += text[at++];
      continue;
    }
    if (text[at + 1] === '%') {
      out += '%';
      at += 2;
      continue;
    }
    const match = SPECIFIER.exec(text.slice(at + 1));
    if (match === null || used >= args.length) return undefined;
    at += 1 + match[0].length;
    const word = match[3] !== undefined || match[7] !== undefined;
    if (word && !match[4] && !match[5] && !ENDS_WORD.test(text.slice(at))) return undefined;
    const value = formatArgument(match, args[used++]!, readString);
    out += pad(value, match[1] ?? '', Number(match[2] ?? 0));
  }
  return out;
}

function formatArgument(match: RegExpExecArray, arg: bigint, readString: ReadString): string {
  const [, flags = '', , pointer, , ip, stringPointer, string, char, long, number] = match;
  if (string || stringPointer) {
    const bytes = readString(arg);
    return bytes === undefined ? '' : latin1(bytes);
  }
  if (char) return String.fromCharCode(Number(arg & 0xffn));
  if (ip) return formatIp(ip, arg, readString);
  if (pointer) return arg.toString(16).padStart(16, '0');
  const bits = long ? 64 : 32;
  if (number === 'x') return BigInt.asUintN(bits, arg).toString(16);
  if (number === 'X') return BigInt.asUintN(bits, arg).toString(16).toUpperCase();
  if (number === 'u') return BigInt.asUintN(bits, arg).toString();
  const signed = BigInt.asIntN(bits, arg);
  const sign = signed >= 0n && flags.includes('+') ? '+' : signed >= 0n && flags.includes(' ') ? ' ' : '';
  return sign + signed.toString();
}

function pad(value: string, flags: string, width: number): string {
  if (flags.includes('-')) return value.padEnd(width);
  if (!flags.includes('0')) return value.padStart(width);
  const sign = /^[+-]/.exec(value)?.[0] ?? '';
  return sign + value.slice(sign.length).padStart(width - sign.length, '0');
}

/** `%pI4` 1.2.3.4, `%pi4` 001.002.003.004, `%pI6` with colons, `%pi6` without. */
function formatIp(kind: string, address: bigint, readString: ReadString): string {
  const bytes = readBytes(address, kind.endsWith('4') ? 4 : 16, readString);
  if (kind === 'I4') return bytes.join('.');
  if (kind === 'i4') return bytes.map((byte) => String(byte).padStart(3, '0')).join('.');
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  const groups = Array.from({ length: 8 }, (_, i) => `${hex[2 * i]}${hex[2 * i + 1]}`);
  return groups.join(kind === 'I6' ? ':' : '');
}

/** Strings end at zero bytes, so what lies behind one is read on its own. */
function readBytes(address: bigint, size: number, readString: ReadString): number[] {
  const bytes: number[] = [];
  while (bytes.length < size) {
    const part = readString(address + BigInt(bytes.length));
    bytes.push(...(part ?? []), 0);
  }
  return bytes.slice(0, size);
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}
