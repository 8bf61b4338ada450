import { formatIpv4 } from '../btf/address.js';
import type { BtfValue } from '../btf/value.js';
import { hexText } from '../packet/index.js';

/** What a test may say of a value: numbers and bigints are the same, members left out are 0, text may be an address. */
export type ExpectedValue =
  | BtfValue
  | Uint8Array
  | readonly ExpectedValue[]
  | { readonly [name: string]: ExpectedValue };

/** A value read from a map: by its type, or bytes when there is none. */
export type FoundValue = BtfValue | Uint8Array;

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** Whether what was found is what was expected. */
export function sameValue(expected: ExpectedValue | undefined, found: FoundValue): boolean {
  if (expected === undefined) return isZero(found);
  if (found instanceof Uint8Array)
    return expected instanceof Uint8Array && hexText(expected) === hexText(found);
  if (typeof found === 'number' && typeof expected === 'string' && IPV4.test(expected))
    return formatIpv4(found) === expected;
  if (isNumber(found)) return isNumber(expected) && sameNumber(expected, found);
  if (typeof found !== 'object') return expected === found;
  if (typeof expected !== 'object' || expected instanceof Uint8Array) return false;
  if (Array.isArray(found)) {
    if (!Array.isArray(expected) || expected.length > found.length) return false;
    return found.every((one: BtfValue, index) =>
      sameValue(expected[index] as ExpectedValue | undefined, one),
    );
  }
  if (Array.isArray(expected)) return false;
  const members = found as Readonly<Record<string, BtfValue>>;
  const wanted = expected as Readonly<Record<string, ExpectedValue>>;
  return (
    Object.keys(wanted).every((name) => Object.hasOwn(members, name)) &&
    Object.entries(members).every(([name, value]) => sameValue(wanted[name], value))
  );
}

/** All bytes are 0. */
export function isZero(value: FoundValue): boolean {
  if (value instanceof Uint8Array) return value.every((byte) => byte === 0);
  if (typeof value === 'object') return Object.values(value).every((one: BtfValue) => isZero(one));
  return !value || value === '0';
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function sameNumber(a: number | bigint, b: number | bigint): boolean {
  return Number.isInteger(Number(a)) && Number.isInteger(Number(b)) ? BigInt(a) === BigInt(b) : a === b;
}

/** What a per-CPU map's values come to, all CPUs together: numbers add up, also within structs and arrays. */
export function sumOf(values: readonly FoundValue[]): FoundValue {
  return values.reduce((a, b) => add(a, b));
}

function add(a: FoundValue, b: FoundValue): FoundValue {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a + b;
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (Array.isArray(a) && Array.isArray(b)) return a.map((one: BtfValue, at) => add(one, b[at]) as BtfValue);
  if (typeof a === 'object' && typeof b === 'object' && !(a instanceof Uint8Array)) {
    const other = b as Readonly<Record<string, BtfValue>>;
    return Object.fromEntries(
      Object.entries(a).map(([name, one]) => [
        name,
        add(one as BtfValue, other[name] as BtfValue) as BtfValue,
      ]),
    );
  }
  // Text and bytes do not add up: the first CPU's that says something.
  return isZero(a) ? b : a;
}

/** `{ packets: 3, bytes: 180 }`: as a test would write it, without the n of bigints. */
export function valueText(value: ExpectedValue): string {
  if (value instanceof Uint8Array) return hexText(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map((one: ExpectedValue) => valueText(one)).join(', ')}]`;
  const members = Object.entries(value).map(([name, one]) => `${name}: ${valueText(one as ExpectedValue)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
