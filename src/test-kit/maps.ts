import { formatIpv4 } from '../btf/address.js';
import { type Btf, type BtfTypeId, resolvedType, sizeOf } from '../btf/index.js';
import type { BtfValue } from '../btf/value.js';
import { writeValue } from '../btf/write-value.js';
import { SkepError } from '../errors/base.js';
import type { TypedMap } from '../kernel/typed-map.js';
import { mapType } from '../maps/registry.js';
import { hexText, parseAddress } from '../packet/index.js';
import { testError } from './errors.js';
import { type ExpectedValue, type FoundValue, isZero, sameValue, sumOf, valueText } from './values.js';

/**
 * Entries that a map is expected to have. Keys of an object are text, so that numbers (`{ 7: 1 }`) and addresses
 * (`{ '10.0.0.1': 3 }`) can be written; keys that are structs stand in a list of pairs.
 */
export type ExpectedEntries =
  | { readonly [key: string]: ExpectedValue }
  | ReadonlyMap<ExpectedValue, ExpectedValue>
  | readonly (readonly [key: ExpectedValue, value: ExpectedValue])[];

/** One entry of a map, as it is. */
export interface FoundEntry {
  readonly key: FoundValue;
  readonly keyBytes: Uint8Array;
  readonly value: FoundValue;
  readonly zero: boolean;
}

/** All entries, ascending by key. */
export async function readEntries(map: TypedMap): Promise<FoundEntry[]> {
  const { btf, keyType, valueType, keySize } = map.info;
  const entries: FoundEntry[] = [];
  for await (const [keyBytes, valueBytes] of map.raw.entries()) {
    const key = btf === undefined || !keyType ? untypedKey(keyBytes) : map.decodeKey(keyBytes);
    const value = btf === undefined || !valueType ? valueBytes : map.decodeValue(valueBytes);
    const zero = valueBytes.every((byte) => byte === 0);
    entries.push({ key: key as FoundValue, keyBytes, value: value as FoundValue, zero });
  }
  // Integers are little-endian: the last byte counts most.
  const backwards = keySize <= 8;
  const order = (bytes: Uint8Array): string => hexText(backwards ? bytes.slice().reverse() : bytes);
  return entries.sort((a, b) => (order(a.keyBytes) < order(b.keyBytes) ? -1 : 1));
}

/** Sections of variables have a key that BTF says nothing of. */
function untypedKey(bytes: Uint8Array): FoundValue {
  return bytes.length === 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) : bytes;
}

/** How a map differs from what a test expects. */
export interface MapDifference {
  readonly lines: readonly string[];
  /** Entries that are as expected. */
  readonly alike: number;
}

/**
 * Compares a map with what it should hold. Entries that are not named must not be there (`exact`), or, in arrays, be 0.
 * Of a per-CPU map the sum over all CPUs counts, unless a list of values is expected.
 */
export async function compareMap(
  map: TypedMap,
  expected: ExpectedEntries,
  exact: boolean,
): Promise<MapDifference> {
  const found = new Map((await readEntries(map)).map((entry) => [hexText(entry.keyBytes), entry]));
  const { indexed, perCpu } = mapType(map.info.type);
  const lines: string[] = [];
  let alike = 0;
  let usesAddresses = false;
  for (const [key, value] of pairsOf(expected)) {
    usesAddresses ||= typeof key === 'string' && key.includes('.');
    const bytes = hexText(encodeKey(map, key));
    const entry = found.get(bytes);
    found.delete(bytes);
    const actual = entry && comparable(entry.value, value, perCpu);
    if (actual !== undefined && sameValue(value, actual)) {
      alike++;
      continue;
    }
    lines.push(`- ${keyText(key)}: ${valueText(value)}`);
    if (actual !== undefined) lines.push(`+ ${keyText(key)}: ${valueText(actual)}`);
  }
  if (!exact) return { lines, alike };
  for (const { key, value, zero } of found.values()) {
    if (indexed && zero) continue;
    const shown = usesAddresses && typeof key === 'number' ? formatIpv4(key) : keyText(key);
    lines.push(`+ ${shown}: ${valueText(comparable(value, undefined, perCpu))}`);
  }
  return { lines, alike };
}

function comparable(found: FoundValue, expected: ExpectedValue | undefined, perCpu: boolean): FoundValue {
  return perCpu && Array.isArray(found) && !Array.isArray(expected) ? sumOf(found) : found;
}

function pairsOf(expected: ExpectedEntries): Iterable<readonly [ExpectedValue, ExpectedValue]> {
  if (expected instanceof Map) return expected;
  return Array.isArray(expected) ? expected : Object.entries(expected);
}

function keyText(key: ExpectedValue): string {
  return typeof key === 'string' ? key : valueText(key);
}

/** @throws {SkepError} `TEST_KIT` for a key that does not fit the map's keys */
export function encodeKey(map: TypedMap, key: ExpectedValue): Uint8Array {
  const { btf, keyType, keySize, name } = map.info;
  if (key instanceof Uint8Array) return key;
  if (typeof key === 'string' && /[.:]/.test(key)) {
    const address = parseAddress(key);
    if (address.length === keySize) return address;
    throw testError(`'${key}' has ${address.length} bytes, the keys of map ${name} ${keySize}`);
  }
  const value = typeof key === 'string' && /^-?\d+$/.test(key) ? BigInt(key) : key;
  if (btf !== undefined && keyType) return writeKey(map, value as BtfValue);
  if (typeof value !== 'bigint' && typeof value !== 'number')
    throw testError(`the keys of map ${name} have no type`, 'give them as numbers or as Uint8Array');
  const bytes = new Uint8Array(keySize);
  let rest = BigInt.asUintN(keySize * 8, BigInt(value));
  for (let at = 0; at < keySize; at++, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  return bytes;
}

function writeKey(map: TypedMap, value: BtfValue): Uint8Array {
  const { btf, keyType, name } = map.info as typeof map.info & { btf: Btf; keyType: BtfTypeId };
  try {
    return writeValue(btf, keyType, fitted(map, value), true);
  } catch (error) {
    if (!(error instanceof SkepError)) throw error;
    throw testError(`${valueText(value)} is no key of map ${name}: ${error.message}`);
  }
}

/** Addresses as text within a struct that is a key become what the struct holds. */
function fitted(map: TypedMap, value: BtfValue): BtfValue {
  const { btf, keyType } = map.info;
  if (btf === undefined || !keyType || typeof value !== 'object' || Array.isArray(value)) return value;
  const type = resolvedType(btf, keyType);
  if (type.kind !== 'struct') return value;
  const members = Object.entries(value).map(([name, one]): [string, BtfValue] => {
    const member = type.members.find((candidate) => candidate.name === name);
    if (member === undefined || typeof one !== 'string' || !/[.:]/.test(one)) return [name, one as BtfValue];
    const bytes = parseAddress(one);
    if (bytes.length !== sizeOf(btf, member.type)) return [name, one];
    const isNumber = resolvedType(btf, member.type).kind === 'int';
    return [name, isNumber ? new DataView(bytes.buffer).getUint32(0, true) : [...bytes]];
  });
  return Object.fromEntries(members);
}

/**
 * A map's entries as text, one a line, ascending by key; of arrays those that are not 0, of constants none. Stable: for
 * snapshots.
 */
export async function mapText(map: TypedMap): Promise<string> {
  if (map.info.frozen) return '';
  const { indexed } = mapType(map.info.type);
  const shown = (await readEntries(map)).filter(({ value, zero }) => !(indexed && (zero || isZero(value))));
  return shown.map(({ key, value }) => `  ${keyText(key)}: ${valueText(value)}\n`).join('');
}
