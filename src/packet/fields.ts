import { formatIpv4, formatIpv6 } from '../btf/address.js';

/** How a field's value is written for people. */
export type FieldForm = 'number' | 'hex' | 'mac' | 'ipv4' | 'ipv6' | FlagNames;
/** Names of a field's bits, the lowest first. */
export type FlagNames = readonly string[];

/** One field of a header, in the order of the wire. */
export interface Field {
  readonly name: string;
  readonly bits: number;
  readonly form: FieldForm;
}
/** Unsigned numbers by the names of their fields. */
export type FieldValues = Readonly<Record<string, bigint>>;

/** A header's fields: `['ttl', 8]` is a number of 8 bits. */
export function fields(
  ...rows: readonly (readonly [name: string, bits: number, form?: FieldForm])[]
): readonly Field[] {
  return rows.map(([name, bits, form = 'number']) => ({ name, bits, form }));
}

/** Whole bytes that the fields take. */
export function bytesOf(header: readonly Field[]): number {
  return header.reduce((sum, { bits }) => sum + bits, 0) / 8;
}

/** Writes fields one after the other, the most significant bit first. Missing values are 0. */
export function pack(header: readonly Field[], values: FieldValues): Uint8Array {
  let whole = 0n;
  for (const { name, bits } of header)
    whole = (whole << BigInt(bits)) | BigInt.asUintN(bits, values[name] ?? 0n);
  return bytesOfNumber(whole, bytesOf(header));
}

/** The values of fields in bytes that are at least as many. */
export function unpack(header: readonly Field[], bytes: Uint8Array): FieldValues {
  let rest = numberOfBytes(bytes.subarray(0, bytesOf(header)));
  const values: Record<string, bigint> = {};
  for (const { name, bits } of [...header].reverse()) {
    values[name] = BigInt.asUintN(bits, rest);
    rest >>= BigInt(bits);
  }
  return values;
}

/** An unsigned number in network order. */
export function bytesOfNumber(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let at = length - 1; at >= 0; at--, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  return bytes;
}

/** The unsigned number that bytes in network order hold. */
export function numberOfBytes(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** A value as people write it: `02:00:00:00:00:01`, `10.0.0.1`, `0x0800`, `SYN ACK`. */
export function showValue({ bits, form }: Pick<Field, 'bits' | 'form'>, value: bigint): string {
  if (typeof form !== 'string') {
    const set = form.filter((_, bit) => ((value >> BigInt(bit)) & 1n) !== 0n);
    return set.length === 0 ? 'none' : set.join(' ');
  }
  switch (form) {
    case 'number':
      return String(value);
    case 'hex':
      return `0x${value.toString(16).padStart(Math.ceil(bits / 4), '0')}`;
    case 'mac':
      return Array.from(bytesOfNumber(value, 6), (byte) => byte.toString(16).padStart(2, '0')).join(':');
    case 'ipv4':
      return formatIpv4(bytesOfNumber(value, 4));
    case 'ipv6':
      return formatIpv6(bytesOfNumber(value, 16));
    default:
      return form satisfies never;
  }
}
