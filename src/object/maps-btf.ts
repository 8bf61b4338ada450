import {
  type Btf,
  type BtfMember,
  type BtfTypeId,
  findByName,
  resolvedType,
  sizeOf,
  typeAt,
} from '../btf/index.js';
import { SYMBOL_TYPE } from '../elf/constants.js';
import type { ElfSection } from '../elf/index.js';
import { relocationsOf } from '../elf/index.js';
import { objectError } from '../errors/object.js';
import { type ObjectContext, viewOf } from './context.js';
import { mapTypeName } from './map-types.js';
import type { MapSpec } from './spec.js';

/** A map and where its symbol stands. */
export interface PlacedMap {
  readonly spec: MapSpec;
  readonly section: number;
  readonly offset: number;
  readonly size: number;
}

/** A definition while its fields are read. */
interface Draft {
  type?: number;
  maxEntries?: number;
  flags?: number;
  numaNode?: number;
  keySize?: number;
  valueSize?: number;
  keyType?: BtfTypeId;
  valueType?: BtfTypeId;
  pinning?: number;
  mapExtra?: bigint;
  inner?: MapSpec;
  /** Byte offset of `values` within the definition. */
  valuesAt?: number;
}

/** LIBBPF_PIN_BY_NAME */
const PIN_BY_NAME = 1;

interface Definition {
  readonly btf: Btf;
  readonly name: string;
  readonly section: string;
  readonly isInner: boolean;
  /** See `ObjectContext`. */
  readonly notes: string[];
}

type Named<Kind> = { readonly name: string; readonly kind: Kind };

/** Reads the maps of a `.maps` section from the types of its variables, in the order of the section. */
export function readBtfMaps(context: ObjectContext, section: ElfSection): PlacedMap[] {
  const { btf } = context;
  const id = btf === undefined ? undefined : findByName(btf, section.name, 'datasec');
  const datasec = id === undefined ? undefined : btf?.types.at(id);
  if (btf === undefined || datasec?.kind !== 'datasec')
    throw objectError('OBJECT_BAD_MAP', `${section.name}: the object has no BTF that describes its maps`, {
      facts: { section: section.name, offset: section.offset },
      hint: 'compile with -g: maps in .maps are described by debug information',
    });
  const initials = readInitials(context, section);
  return datasec.vars.map((variable) => {
    const target = typeAt(btf, variable.type);
    if (target.kind !== 'var')
      throw objectError('OBJECT_BAD_MAP', `${section.name}: type ${variable.type} is no variable`, {
        facts: { section: section.name, offset: variable.offset, type: variable.type },
      });
    if (variable.offset + variable.size > section.size)
      throw objectError(
        'OBJECT_BAD_MAP',
        `${section.name}: map ${target.name} at offset ${variable.offset} is outside the section`,
        {
          facts: { section: section.name, offset: variable.offset, map: target.name },
        },
      );
    const definition = {
      btf,
      name: target.name,
      section: section.name,
      isInner: false,
      notes: context.notes,
    };
    const draft = readDefinition(definition, target.type);
    const spec = finish(definition, draft);
    const initial = initialsOf(initials, draft, variable.offset, variable.size);
    return {
      spec: initial.length === 0 ? spec : { ...spec, initial },
      section: section.index,
      offset: variable.offset,
      size: variable.size,
    };
  });
}

function bad(definition: Definition, message: string, facts: Record<string, unknown> = {}) {
  return objectError('OBJECT_BAD_MAP', `map ${definition.name}: ${message}`, {
    facts: { section: definition.section, map: definition.name, ...facts },
  });
}

function readDefinition(definition: Definition, type: BtfTypeId): Draft {
  const struct = resolvedType(definition.btf, type);
  if (struct.kind !== 'struct')
    throw bad(definition, `its definition is no struct but ${struct.kind}`, { type });
  const draft: Draft = {};
  for (const member of struct.members) {
    const read = FIELDS[member.name];
    if (read === undefined)
      throw bad(definition, `its definition has the unknown field ${member.name || '(anonymous)'}`, {
        field: member.name,
      });
    read(draft, definition, member);
  }
  return draft;
}

type FieldReader = (draft: Draft, definition: Definition, member: BtfMember) => void;

const FIELDS: Readonly<Record<string, FieldReader>> = {
  type: (draft, definition, member) => {
    draft.type = uint(definition, member);
  },
  max_entries: (draft, definition, member) => {
    draft.maxEntries = uint(definition, member);
  },
  map_flags: (draft, definition, member) => {
    draft.flags = uint(definition, member);
  },
  numa_node: (draft, definition, member) => {
    draft.numaNode = uint(definition, member);
  },
  key_size: (draft, definition, member) => setSize(draft, 'keySize', definition, uint(definition, member)),
  value_size: (draft, definition, member) =>
    setSize(draft, 'valueSize', definition, uint(definition, member)),
  key: (draft, definition, member) => {
    draft.keyType = pointee(definition, member);
    setSize(draft, 'keySize', definition, sizeOf(definition.btf, draft.keyType));
  },
  value: (draft, definition, member) => {
    draft.valueType = pointee(definition, member);
    setSize(draft, 'valueSize', definition, sizeOf(definition.btf, draft.valueType));
  },
  values: readValues,
  pinning: (draft, definition, member) => {
    draft.pinning = uint(definition, member);
  },
  map_extra: (draft, definition, member) => {
    draft.mapExtra = ulong(definition, member);
  },
};

function setSize(draft: Draft, field: 'keySize' | 'valueSize', definition: Definition, size: number): void {
  const before = draft[field];
  if (before !== undefined && before !== size)
    throw bad(
      definition,
      `its ${field === 'keySize' ? 'key' : 'value'} is ${size} bytes by type and ${before} by size`,
    );
  draft[field] = size;
}

/** `__uint(name, N)` is `int (*name)[N]`. */
function uint(definition: Definition, member: BtfMember): number {
  const pointer = resolvedType(definition.btf, member.type);
  const array = pointer.kind === 'ptr' ? resolvedType(definition.btf, pointer.type) : undefined;
  if (array?.kind !== 'array') throw bad(definition, `field ${member.name} is not written with __uint`);
  return array.length;
}

/** `__ulong(name, N)` is an enumeration whose only value is N; `__uint` will do as well. */
function ulong(definition: Definition, member: BtfMember): bigint {
  const type = resolvedType(definition.btf, member.type);
  if (type.kind !== 'enum' && type.kind !== 'enum64') return BigInt(uint(definition, member));
  const first = type.values[0];
  if (first === undefined || type.values.length !== 1)
    throw bad(definition, `field ${member.name} is not written with __ulong`);
  return BigInt.asUintN(64, first.value);
}

/** `__type(name, T)` is `T *name`. */
function pointee(definition: Definition, member: BtfMember): BtfTypeId {
  const pointer = resolvedType(definition.btf, member.type);
  if (pointer.kind !== 'ptr') throw bad(definition, `field ${member.name} is not written with __type`);
  return pointer.type;
}

/** `__array(values, T)` is `T *values[]`: T is the inner map's definition, or a function for a program array. */
function readValues(draft: Draft, definition: Definition, member: BtfMember): void {
  const array = resolvedType(definition.btf, member.type);
  const element = array.kind === 'array' ? resolvedType(definition.btf, array.type) : undefined;
  if (element?.kind !== 'ptr') throw bad(definition, 'field values is not written with __array');
  if (definition.isInner) throw bad(definition, 'an inner map cannot have values of its own');
  const target = resolvedType(definition.btf, element.type);
  draft.valuesAt = member.bitOffset / 8;
  setSize(draft, 'valueSize', definition, 4);
  if (target.kind === 'func_proto') return;
  const inner: Definition = { ...definition, name: `${definition.name}.inner`, isInner: true };
  draft.inner = finish(inner, readDefinition(inner, element.type));
}

function finish(definition: Definition, draft: Draft): MapSpec {
  const type = mapTypeName(draft.type ?? 0);
  if (type === undefined || type === 'unspec')
    throw bad(definition, `its type ${draft.type ?? 0} is unknown`);
  // Loaders give other values a meaning of their own: cilium's 16 replaces a pinned map.
  if (draft.pinning !== undefined && draft.pinning > PIN_BY_NAME)
    definition.notes.push(
      `map ${definition.name} is not pinned: its pinning ${draft.pinning} is neither 0 nor 1 (LIBBPF_PIN_BY_NAME)`,
    );
  if (definition.isInner && draft.pinning) throw bad(definition, 'an inner map cannot be pinned by name');
  const keyed = draft.keyType === undefined ? {} : { keyType: draft.keyType };
  const valued = draft.valueType === undefined ? {} : { valueType: draft.valueType };
  return {
    name: definition.name,
    type,
    keySize: draft.keySize ?? 0,
    valueSize: draft.valueSize ?? 0,
    maxEntries: draft.maxEntries ?? 0,
    flags: draft.flags ?? 0,
    pinning: draft.pinning === PIN_BY_NAME ? 'by_name' : 'none',
    btf: definition.btf,
    ...keyed,
    ...valued,
    ...(draft.numaNode === undefined ? {} : { numaNode: draft.numaNode }),
    ...(draft.mapExtra === undefined ? {} : { mapExtra: draft.mapExtra }),
    ...(draft.inner === undefined ? {} : { inner: draft.inner }),
  };
}

interface Initial extends Named<'map' | 'program'> {
  /** In bytes from the start of the section. */
  readonly offset: number;
}

/** Slots of `values` that the object fills: relocations of the section itself. */
function readInitials({ elf }: ObjectContext, section: ElfSection): Initial[] {
  const view = viewOf(section);
  return relocationsOf(elf, section)
    .map(({ offset, symbol }): Initial => {
      const addend = offset + 8 <= section.data.length ? view.getBigUint64(offset, elf.littleEndian) : 0n;
      if (
        symbol.name === '' ||
        symbol.type === SYMBOL_TYPE.SECTION ||
        typeof symbol.section !== 'number' ||
        addend !== 0n
      )
        throw objectError(
          'OBJECT_BAD_RELOCATION',
          `${section.name}: the value at offset ${offset} names no map or program`,
          {
            facts: { section: section.name, offset, symbol: symbol.name },
            hint: 'static maps and functions cannot be initial values; make them global',
          },
        );
      return { offset, name: symbol.name, kind: symbol.section === section.index ? 'map' : 'program' };
    })
    .sort((a, b) => a.offset - b.offset);
}

function initialsOf(initials: readonly Initial[], draft: Draft, start: number, size: number) {
  const valuesAt = draft.valuesAt;
  if (valuesAt === undefined) return [];
  const found: { key: number; ref: string; refKind: 'map' | 'program' }[] = [];
  for (let at = firstFrom(initials, start + valuesAt); at < initials.length; at++) {
    const initial = initials[at];
    if (initial === undefined || initial.offset >= start + size) break;
    const key = (initial.offset - start - valuesAt) / 8;
    found.push({ key, ref: initial.name, refKind: initial.kind });
  }
  return found;
}

/** The index of the first initial value at or after an offset. */
function firstFrom(initials: readonly Initial[], offset: number): number {
  let low = 0;
  let high = initials.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((initials[middle]?.offset ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
