import { findByName, resolve, trySizeOf, typesOfKind } from '../btf/index.js';
import type { Btf, BtfMember, BtfType, BtfTypeId } from '../btf/types.js';

/** A part of a map's value, or of an object of the program's own, that belongs to the kernel. */
export interface SpecialField {
  /** Linux's name of it: `bpf_spin_lock`. */
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** Of a pointer to an object: what it points to, and how the object is held. */
  readonly pointer?: { readonly target: BtfTypeId; readonly kind: PointerKind };
  /** Of a list head or tree root: the type of what it holds, and where that has its node. */
  readonly holds?: { readonly value: BtfTypeId; readonly node: number };
}

/** `unref`: not owned; `ref`: one reference; `percpu`: an object with a copy per CPU; `uptr`: memory of user space. */
export type PointerKind = 'unref' | 'ref' | 'percpu' | 'uptr';

/** Structs with a meaning of their own, and how often a type may have them. Linux: btf_get_field_type. */
const STRUCTS: Readonly<Record<string, { readonly align: number; readonly many: boolean }>> = {
  bpf_spin_lock: { align: 4, many: false },
  bpf_res_spin_lock: { align: 4, many: false },
  bpf_timer: { align: 8, many: false },
  bpf_wq: { align: 8, many: false },
  bpf_task_work: { align: 8, many: false },
  bpf_refcount: { align: 4, many: false },
  bpf_list_head: { align: 8, many: true },
  bpf_list_node: { align: 8, many: true },
  bpf_rb_root: { align: 8, many: true },
  bpf_rb_node: { align: 8, many: true },
};
const POINTER_TAGS: Readonly<Record<string, { readonly name: string; readonly kind: PointerKind }>> = {
  kptr_untrusted: { name: 'kptr', kind: 'unref' },
  kptr: { name: 'kptr', kind: 'ref' },
  percpu_kptr: { name: 'percpu_kptr', kind: 'percpu' },
  uptr: { name: 'uptr', kind: 'uptr' },
};
/** The nodes that heads and roots link. */
const NODES: Readonly<Record<string, string>> = {
  bpf_list_head: 'bpf_list_node',
  bpf_rb_root: 'bpf_rb_node',
};
const CONTAINS = 'contains:';
const MAX_DEPTH = 8;
const MAX_FIELDS = 64;
/** BTF_FIELDS_MAX */
const MAX_SPECIAL = 11;

/**
 * The special fields of a type by offset, in structs and arrays inside it too; undefined when Linux refuses the type:
 * two locks, a field at an unaligned place, a list without the tag that says what it holds.
 */
export function specialFields(btf: Btf, id: BtfTypeId): SpecialField[] | undefined {
  const found: SpecialField[] = [];
  try {
    collect(btf, id, 0, 0, found);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
  found.sort((a, b) => a.offset - b.offset);
  return found.length > MAX_SPECIAL || repeats(found) || isIncomplete(found) ? undefined : found;
}

/** Lists and trees need a lock beside them; objects that can be in both a list and a tree are counted. */
function isIncomplete(fields: readonly SpecialField[]): boolean {
  const has = (...names: readonly string[]): boolean => fields.some(({ name }) => names.includes(name));
  if (has('bpf_list_head', 'bpf_rb_root') && !has('bpf_spin_lock', 'bpf_res_spin_lock')) return true;
  return has('bpf_list_node') && has('bpf_rb_node') && !has('bpf_refcount');
}

/** A type with fields that Linux does not take. */
class Refused extends Error {}

function repeats(fields: readonly SpecialField[]): boolean {
  return fields.some(
    ({ name }, index) =>
      STRUCTS[name]?.many === false && fields.findIndex((other) => other.name === name) < index,
  );
}

function collect(btf: Btf, id: BtfTypeId, offset: number, depth: number, found: SpecialField[]): void {
  const type = btf.types.at(id);
  if (type === undefined || depth > MAX_DEPTH || found.length >= MAX_FIELDS) return;
  switch (type.kind) {
    case 'typedef':
    case 'const':
    case 'volatile':
    case 'restrict':
    case 'type_tag':
      collect(btf, type.type, offset, depth + 1, found);
      return;
    case 'array': {
      const size = trySizeOf(btf, type.type) ?? 0;
      for (let index = 0; index < Math.min(type.length, MAX_FIELDS); index++)
        collect(btf, type.type, offset + index * size, depth + 1, found);
      return;
    }
    case 'struct':
      type.members.forEach((member, index) => {
        collectMember(btf, id, { member, index }, offset, depth, found);
      });
      return;
    case 'datasec':
      for (const { type: variable, offset: at } of type.vars)
        collectVariable(btf, variable, offset + at, depth, found);
      return;
    case 'ptr':
      collectPointer(btf, type.type, offset, found);
      return;
    default:
      return;
  }
}

function collectMember(
  btf: Btf,
  owner: BtfTypeId,
  { member, index }: { readonly member: BtfMember; readonly index: number },
  offset: number,
  depth: number,
  found: SpecialField[],
): void {
  const at = offset + member.bitOffset / 8;
  collectPlace(btf, member.type, at, depth, found, tagOf(btf, owner, index));
}

function collectVariable(
  btf: Btf,
  id: BtfTypeId,
  offset: number,
  depth: number,
  found: SpecialField[],
): void {
  const variable = btf.types.at(id);
  if (variable?.kind !== 'var') return;
  collectPlace(btf, variable.type, offset, depth, found, tagOf(btf, id, -1));
}

/** A member or variable: a special struct, or something that may hold one. */
function collectPlace(
  btf: Btf,
  id: BtfTypeId,
  offset: number,
  depth: number,
  found: SpecialField[],
  contains: string | undefined,
): void {
  const { element, count } = elementOf(btf, id);
  const type = btf.types.at(element);
  const special = type?.kind === 'struct' ? STRUCTS[type.name] : undefined;
  if (type?.kind !== 'struct' || special === undefined) {
    collect(btf, id, offset, depth + 1, found);
    return;
  }
  for (let index = 0; index < count; index++) {
    const at = offset + index * type.size;
    if (at % special.align !== 0) throw new Refused();
    found.push({ name: type.name, offset: at, size: type.size, ...heldBy(btf, type.name, contains) });
  }
}

/** What an array of arrays is made of. */
function elementOf(btf: Btf, id: BtfTypeId): { readonly element: BtfTypeId; readonly count: number } {
  let element = resolve(btf, id);
  let count = 1;
  for (let type = btf.types.at(element); type?.kind === 'array'; type = btf.types.at(element)) {
    count = Math.min(count * type.length, MAX_FIELDS);
    element = resolve(btf, type.type);
  }
  return { element, count };
}

function tagOf(btf: Btf, owner: BtfTypeId, index: number): string | undefined {
  for (const [, { type, componentIndex, name }] of typesOfKind(btf, 'decl_tag')) {
    if (type === owner && componentIndex === index && name.startsWith(CONTAINS)) return name;
  }
  return undefined;
}

/** A head or root says in a tag which struct it holds and which member of it is the node. */
function heldBy(btf: Btf, name: string, contains: string | undefined): Pick<SpecialField, 'holds'> {
  const node = NODES[name];
  if (node === undefined) return {};
  const [, value = '', member = ''] = contains?.split(':') ?? [];
  const id = findByName(btf, value, 'struct') ?? 0;
  const type = btf.types.at(id);
  const found = type?.kind === 'struct' ? type.members.find((each) => each.name === member) : undefined;
  if (found === undefined || structName(btf, found.type) !== node) throw new Refused();
  return { holds: { value: id, node: found.bitOffset / 8 } };
}

function structName(btf: Btf, id: BtfTypeId): string | undefined {
  const type: BtfType | undefined = btf.types.at(resolve(btf, id));
  return type?.kind === 'struct' ? type.name : undefined;
}

function collectPointer(btf: Btf, target: BtfTypeId, offset: number, found: SpecialField[]): void {
  const tag = btf.types.at(target);
  const known = tag?.kind === 'type_tag' ? POINTER_TAGS[tag.name] : undefined;
  if (tag?.kind !== 'type_tag' || known === undefined) return;
  if (btf.types.at(tag.type)?.kind === 'type_tag' || offset % 8 !== 0) throw new Refused();
  const id = resolve(btf, tag.type);
  const type = btf.types.at(id);
  if (type?.kind !== 'struct' && type?.kind !== 'fwd') throw new Refused();
  found.push({ name: known.name, offset, size: 8, pointer: { target: id, kind: known.kind } });
}
