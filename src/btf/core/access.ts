import { coreError } from '../../errors/core-relocation.js';
import { nameOf } from '../find.js';
import { resolve, sizeOf, typeAt } from '../resolve.js';
import type { Btf, BtfTypeId } from '../types.js';
import type { CoreKindRow } from './kinds.js';

/** One step from a type to a part of it: a named member or enumerator, or an array element (no name). */
export interface Step {
  /** The struct, union or enumeration, or the element's type; behind typedefs. */
  readonly type: BtfTypeId;
  readonly index: number;
  readonly name: string | undefined;
}

/** What a record refers to, in the program's types or the kernel's. */
export interface Access {
  readonly btf: Btf;
  readonly root: BtfTypeId;
  /** Without the steps through anonymous members. */
  readonly steps: readonly Step[];
  readonly bitOffset: number;
}

/** A CO-RE record as BTF.ext has it, and its kind. */
export interface CoreRecord {
  readonly type: BtfTypeId;
  readonly access: string;
  readonly row: CoreKindRow;
}

/** libbpf's BPF_CORE_SPEC_MAX_LEN */
export const MAX_STEPS = 64;

export function badRecord(record: CoreRecord, why: string) {
  return coreError(
    'CORE_BAD_RECORD',
    `the record ${record.row.name} of type ${record.type}, access ${record.access}, makes no sense: ${why}`,
    {
      facts: { type: record.type, access: record.access, kind: record.row.name },
    },
  );
}

/** Follows a record's access string (`0:1:2`) through the program's own types. */
export function parseAccess(btf: Btf, record: CoreRecord): Access {
  const indexes = parseIndexes(record);
  const root = { btf, root: record.type };
  const first = indexes[0] ?? 0;
  if (record.row.about === 'type') {
    if (indexes.length !== 1 || first !== 0) throw badRecord(record, 'a type has no parts');
    return { ...root, steps: [], bitOffset: 0 };
  }
  const type = resolve(btf, record.type);
  if (record.row.about === 'enumerator') return { ...root, ...enumeratorStep(btf, record, type, indexes) };
  return { ...root, ...fieldSteps(btf, record, type, indexes) };
}

function parseIndexes(record: CoreRecord): number[] {
  if (!/^\d+(:\d+)*:?$/.test(record.access)) throw badRecord(record, 'its access is no list of numbers');
  const indexes = record.access
    .split(':')
    .filter((text) => text !== '')
    .map(Number);
  if (indexes.length > MAX_STEPS) throw badRecord(record, `its access has more than ${MAX_STEPS} steps`);
  if (indexes.some((index) => index > 0xffff_ffff))
    throw badRecord(record, 'its access has a number beyond 32 bits');
  return indexes;
}

function enumeratorStep(btf: Btf, record: CoreRecord, id: BtfTypeId, indexes: readonly number[]) {
  const type = typeAt(btf, id);
  const [index = 0] = indexes;
  const value = type.kind === 'enum' || type.kind === 'enum64' ? type.values[index] : undefined;
  if (value === undefined || indexes.length !== 1) throw badRecord(record, 'it is no enumerator');
  return { steps: [{ type: id, index, name: value.name }], bitOffset: 0 };
}

function fieldSteps(btf: Btf, record: CoreRecord, start: BtfTypeId, indexes: readonly number[]) {
  const [first = 0, ...rest] = indexes;
  const steps: Step[] = [{ type: start, index: first, name: undefined }];
  let bitOffset = first * sizeOf(btf, start) * 8;
  let id = start;
  for (const index of rest) {
    const at = resolve(btf, id);
    const type = typeAt(btf, at);
    if (type.kind === 'struct' || type.kind === 'union') {
      const member = type.members[index];
      if (member === undefined) throw badRecord(record, `${type.kind} ${type.name} has no member ${index}`);
      bitOffset += member.bitOffset;
      if (member.name !== '') steps.push({ type: at, index, name: member.name });
      id = member.type;
    } else if (type.kind === 'array') {
      if (index >= type.length && !isFlexible(btf, steps.at(-1), type.length))
        throw badRecord(record, `element ${index} of an array of ${type.length}`);
      id = resolve(btf, type.type);
      steps.push({ type: id, index, name: undefined });
      bitOffset += index * sizeOf(btf, id) * 8;
    } else throw badRecord(record, `type ${at} (${type.kind} ${nameOf(type)}) has no parts`);
  }
  return { steps, bitOffset };
}

/** An array of no length that is the last member of its struct goes on for as long as there is memory. */
export function isFlexible(btf: Btf, owner: Step | undefined, length: number): boolean {
  if (owner?.name === undefined || length > 0) return false;
  const type = typeAt(btf, owner.type);
  return (type.kind === 'struct' || type.kind === 'union') && owner.index === type.members.length - 1;
}

/** A name without its flavour: `task_struct___old` and `task_struct` mean one type. */
export function essentialName(name: string): string {
  const at = name.lastIndexOf('___');
  // libbpf asks for a character other than `_` before and after the three underscores.
  for (let start = at; start > 0; start = name.lastIndexOf('___', start - 1))
    if (name[start - 1] !== '_' && name[start + 3] !== undefined && name[start + 3] !== '_')
      return name.slice(0, start);
  return name;
}
