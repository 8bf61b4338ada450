import {
  type Attribute,
  type AttributeList,
  MEMORY_LOCATIONS,
  type MemoryAccess,
  type MemoryLocation,
} from '../ir/attribute.js';
import { ATTRIBUTE_NAMES } from './attribute-names.js';
import type { BitBlock } from './bitstream.js';
import { bytesToText, Cursor, recordsOf } from './cursor.js';
import type { TypeTable } from './types.js';

const ENTRY = 2;
const GROUP = 3;
const FUNCTION_INDEX = 0xffff_ffff;

interface Group {
  /** 0 the return value, 2^32-1 the function, else a parameter from 1. */
  readonly index: number;
  readonly attributes: readonly Attribute[];
}

/** Reads the attribute lists of a module; record operands name them by position from 1. */
export function readAttributeLists(
  groups: BitBlock | undefined,
  lists: BitBlock | undefined,
  types: TypeTable,
): AttributeList[] {
  const byId = new Map<number, Group>();
  if (groups !== undefined) {
    for (const record of recordsOf(groups)) {
      if (record.code !== GROUP) continue;
      const cursor = new Cursor(record, 'an attribute group');
      byId.set(cursor.next(), readGroup(cursor, types));
    }
  }
  const result: AttributeList[] = [];
  if (lists === undefined) return result;
  for (const record of recordsOf(lists)) {
    const cursor = new Cursor(record, 'an attribute list');
    if (record.code !== ENTRY) cursor.unsupported('Attributes are written as before LLVM 3.3');
    result.push(readList(cursor, byId));
  }
  return result;
}

function readList(cursor: Cursor, groups: ReadonlyMap<number, Group>): AttributeList {
  let onFunction: readonly Attribute[] = [];
  let returns: readonly Attribute[] = [];
  const parameters: (readonly Attribute[] | undefined)[] = [];
  for (const id of cursor.rest()) {
    const group = groups.get(id) ?? cursor.malformed(`An attribute list has no group ${id}`);
    if (group.index === FUNCTION_INDEX) onFunction = upgradeMemory(group.attributes);
    else if (group.index === 0) returns = group.attributes;
    else if (group.index > 255) cursor.malformed('Attributes are for a parameter beyond the 255th');
    else parameters[group.index - 1] = group.attributes;
  }
  return { function: onFunction, returns, parameters: Array.from(parameters) };
}

function readGroup(cursor: Cursor, types: TypeTable): Group {
  const index = cursor.next();
  const attributes: Attribute[] = [];
  while (cursor.left > 0) attributes.push(readAttribute(cursor, types));
  return { index, attributes };
}

function readAttribute(cursor: Cursor, types: TypeTable): Attribute {
  const form = cursor.next();
  if (form === 3 || form === 4) {
    const name = readZeroTerminated(cursor);
    return { kind: 'text', name, value: form === 4 ? readZeroTerminated(cursor) : undefined };
  }
  const name = attributeName(cursor);
  switch (form) {
    case 0:
      return { kind: 'flag', name };
    case 1: {
      const value = cursor.big();
      return name === 'memory' ? decodeMemory(value) : { kind: 'integer', name, value };
    }
    case 5:
      return { kind: 'type', name, type: undefined };
    case 6:
      return { kind: 'type', name, type: types.at(cursor.next(), cursor) };
    case 7: {
      const bits = cursor.next();
      return { kind: 'range', name, bits, ...readRange(cursor, bits) };
    }
    case 8: {
      const count = cursor.next();
      const bits = cursor.next();
      if (count > cursor.left) cursor.malformed('An attribute has fewer ranges than it says');
      return {
        kind: 'ranges',
        name,
        bits,
        ranges: Array.from({ length: count }, () => readRange(cursor, bits)),
      };
    }
    default:
      return cursor.unsupported(`An attribute of an unknown form ${form}`);
  }
}

function attributeName(cursor: Cursor): string {
  const number = cursor.next();
  return ATTRIBUTE_NAMES[number] || cursor.unsupported(`An unknown attribute ${number}`);
}

function readRange(cursor: Cursor, bits: number): { low: bigint; high: bigint } {
  if (bits <= 64) return { low: cursor.signedBig(), high: cursor.signedBig() };
  const words = cursor.big();
  const low = wideBound(cursor, bits, Number(words & 0xffff_ffffn));
  return { low, high: wideBound(cursor, bits, Number(words >> 32n)) };
}

function wideBound(cursor: Cursor, bits: number, words: number): bigint {
  if (words > 64) cursor.unsupported('A range attribute of more than 4096 bits');
  let value = 0n;
  for (let word = 0; word < words; word++)
    value |= BigInt.asUintN(64, cursor.signedBig()) << BigInt(64 * word);
  return BigInt.asIntN(bits, value);
}

function readZeroTerminated(cursor: Cursor): string {
  const bytes: number[] = [];
  for (let byte = cursor.next(); byte !== 0; byte = cursor.next()) bytes.push(byte);
  return bytesToText(Uint8Array.from(bytes));
}

const ACCESS: readonly MemoryAccess[] = ['none', 'read', 'write', 'readwrite'];

/** Two bits a location; before LLVM 21 (version 0) errno and the target's memory were part of `other`. */
function decodeMemory(value: bigint): Attribute {
  const at = (slot: number): MemoryAccess => ACCESS[Number((value >> BigInt(2 * slot)) & 3n)]!;
  if (value >> 56n === 0n) return memory({ argmem: at(0), inaccessiblemem: at(1), other: at(2) });
  const access = Object.fromEntries(MEMORY_LOCATIONS.map((name, slot) => [name, at(slot)]));
  return { kind: 'memory', access: access as Record<MemoryLocation, MemoryAccess> };
}

function memory(access: {
  argmem: MemoryAccess;
  inaccessiblemem: MemoryAccess;
  other: MemoryAccess;
}): Attribute {
  const { other } = access;
  return { kind: 'memory', access: { ...access, errnomem: other, target_mem0: other, target_mem1: other } };
}

/** Before LLVM 16 what a function does to memory was said by these flags. */
const OLD_LOCATIONS: Readonly<Record<string, readonly MemoryLocation[]>> = {
  argmemonly: ['argmem'],
  inaccessiblememonly: ['inaccessiblemem'],
  inaccessiblemem_or_argmemonly: ['argmem', 'inaccessiblemem'],
};
const OLD_ACCESS: Readonly<Record<string, MemoryAccess>> = {
  readnone: 'none',
  readonly: 'read',
  writeonly: 'write',
};

function upgradeMemory(attributes: readonly Attribute[]): readonly Attribute[] {
  let locations: readonly MemoryLocation[] | undefined;
  let access: MemoryAccess | undefined;
  const kept = attributes.filter((attribute) => {
    if (attribute.kind !== 'flag') return true;
    const { name } = attribute;
    locations = OLD_LOCATIONS[name] ?? locations;
    access = OLD_ACCESS[name] ?? access;
    return OLD_LOCATIONS[name] === undefined && OLD_ACCESS[name] === undefined;
  });
  if (locations === undefined && access === undefined) return attributes;
  const where = (name: MemoryLocation): MemoryAccess =>
    locations === undefined || locations.includes(name) ? (access ?? 'readwrite') : 'none';
  return [
    ...kept,
    memory({ argmem: where('argmem'), inaccessiblemem: where('inaccessiblemem'), other: where('other') }),
  ];
}
