import type { BtfEnumerator, BtfMember, BtfType, BtfTypeId } from '../../btf/types.js';
import type { CompositeType, DerivedType, Metadata, MetadataId, SubroutineType } from '../ir/metadata.js';
import type { IrModule } from '../ir/module.js';

/** DWARF's tags of types. Source: DWARF 5, section 7.5.3. */
const TAG = {
  array: 0x01,
  enumeration: 0x04,
  member: 0x0d,
  pointer: 0x0f,
  structure: 0x13,
  typedef: 0x16,
  union: 0x17,
  const: 0x26,
  volatile: 0x35,
  restrict: 0x37,
} as const;
const ENCODING = { boolean: 2, float: 4, signed: 5, signedChar: 6 } as const;
const FLAG = { forward: 1 << 2, bitField: 1 << 19 } as const;

/** What a pointer met on the way means: clang keeps structs that are only pointed to by members forward. */
type Reach = 'whole' | 'member' | 'pointed';

/**
 * Makes BTF types of debug types, each once, with clang's rule for what is left out: a struct that only members of
 * other structs point to stays a forward declaration.
 */
export class BtfTypes {
  readonly types: BtfType[] = [{ kind: 'void' }];
  readonly #module: IrModule;
  readonly #ids = new Map<MetadataId, BtfTypeId>();
  /** Members' pointers to structs: each place that waits, for the end. */
  readonly #pointers: { readonly place: BtfTypeId; readonly struct: MetadataId }[] = [];
  #arrayIndex: BtfTypeId | undefined;

  constructor(module: IrModule) {
    this.#module = module;
  }

  add(type: BtfType): BtfTypeId {
    return this.types.push(type) - 1;
  }

  /** The type of a debug type, whole, as far as it matters; void for none. */
  typeOf(id: MetadataId | undefined, reach: Reach = 'whole'): BtfTypeId {
    if (id === undefined) return 0;
    const known = this.#ids.get(id);
    if (known !== undefined) {
      if (reach !== 'pointed') this.#complete(id, reach);
      return known;
    }
    const node = this.node(id);
    switch (node?.kind) {
      case 'basic-type': {
        const bytes = Math.ceil((node.size as number) / 8);
        const name = node.name ?? '';
        if (bytes === 0) return 0;
        if (node.encoding === ENCODING.float) return this.#keep(id, { kind: 'float', name, size: bytes });
        const signed = node.encoding === ENCODING.signed || node.encoding === ENCODING.signedChar;
        const bool = node.encoding === ENCODING.boolean;
        const bits = node.size as number;
        return this.#keep(id, {
          kind: 'int',
          name,
          size: bytes,
          bits,
          bitOffset: 0,
          signed,
          char: false,
          bool,
        });
      }
      case 'derived-type':
        return this.#derived(id, node, reach);
      case 'composite-type':
        return this.#composite(id, node);
      case 'subroutine-type':
        return this.#keep(id, this.prototype(node, []));
      default:
        return 0;
    }
  }

  /** The type of a map's definition: what its members point to tells of keys and values, and is needed whole. */
  mapType(id: MetadataId | undefined): BtfTypeId {
    const node = this.node(id);
    if (node?.kind === 'derived-type') this.mapType(node.baseType);
    else if (node?.kind === 'composite-type') {
      for (const member of this.list(node.elements)) {
        const field = this.node(member);
        if (field?.kind === 'derived-type') this.typeOf(field.baseType);
      }
    }
    return this.typeOf(id);
  }

  node(id: MetadataId | undefined): Metadata | undefined {
    return id === undefined ? undefined : this.#module.metadata[id];
  }

  /** The operands of a tuple, or none. */
  list(id: MetadataId | undefined): readonly (MetadataId | undefined)[] {
    const node = this.node(id);
    return node?.kind === 'tuple' ? node.operands : [];
  }

  /** A function type with the names of its parameters; those of pointers to functions have none. */
  prototype(type: SubroutineType, names: readonly string[]): BtfType {
    const [returns, ...parameters] = this.list(type.types);
    return {
      kind: 'func_proto',
      returns: this.typeOf(returns),
      params: parameters.map((parameter, index) =>
        // The last one absent stands for `...`.
        parameter === undefined
          ? { name: '', type: 0 }
          : { name: names[index] ?? '', type: this.typeOf(parameter) },
      ),
    };
  }

  /** `btf_decl_tag`s of a declaration. */
  tags(annotations: MetadataId | undefined, type: BtfTypeId, componentIndex = -1): void {
    for (const name of this.#tagNames(annotations, 'btf_decl_tag')) {
      this.add({ kind: 'decl_tag', name, type, componentIndex });
    }
  }

  /** Settles what members point to, once all else is known. */
  finish(): void {
    const forwards = new Map<string, BtfTypeId>();
    for (const { place, struct } of this.#pointers) {
      const node = this.node(struct) as CompositeType;
      const whole = this.#ids.get(struct);
      const key = `${node.tag}:${node.name}`;
      const target =
        whole ??
        forwards.get(key) ??
        this.add({ kind: 'fwd', name: node.name ?? '', union: node.tag === TAG.union });
      if (whole === undefined) forwards.set(key, target);
      this.#point(place, target);
    }
  }

  #keep(id: MetadataId, type: BtfType): BtfTypeId {
    const place = this.add(type);
    this.#ids.set(id, place);
    return place;
  }

  #derived(id: MetadataId, node: DerivedType, reach: Reach): BtfTypeId {
    const kind = DERIVED.get(node.tag);
    if (kind === undefined) return this.typeOf(node.baseType, reach);
    const next = this.#through(node, reach);
    const name = node.name ?? '';
    const place = this.#keep(id, kind === 'typedef' ? { kind, name, type: 0 } : { kind, type: 0 });
    const tags = kind === 'ptr' ? this.#tagNames(node.annotations, 'btf_type_tag') : [];
    let inner = place;
    for (const tag of tags.reverse()) {
      const outer = inner;
      inner = this.add({ kind: 'type_tag', name: tag, type: 0 });
      this.#point(outer, inner);
    }
    const base = node.baseType;
    if (next === 'pointed' && base !== undefined && this.#isNamedStruct(base))
      this.#pointers.push({ place: inner, struct: base });
    else this.#point(inner, this.typeOf(base, next));
    if (kind === 'typedef') this.tags(node.annotations, place);
    return place;
  }

  /** A type that was seen through a member's pointer is now needed as `reach` says: goes on to what was left out. */
  #complete(id: MetadataId, reach: Reach): void {
    for (let node = this.node(id); node?.kind === 'derived-type'; node = this.node(node.baseType)) {
      const base = node.baseType;
      if (base === undefined) return;
      if (this.#ids.has(base)) continue;
      const next = this.#through(node, reach);
      if (next !== 'pointed' || !this.#isNamedStruct(base)) this.typeOf(base, next);
      return;
    }
  }

  /** How what `node` refers to is reached. A pointer with a type tag is followed. */
  #through(node: DerivedType, reach: Reach): Reach {
    const isPlainPointer = node.tag === TAG.pointer && node.annotations === undefined;
    return isPlainPointer && reach === 'member' ? 'pointed' : reach;
  }

  #isNamedStruct(id: MetadataId): boolean {
    const node = this.node(id);
    return (
      node?.kind === 'composite-type' &&
      (node.tag === TAG.structure || node.tag === TAG.union) &&
      node.name !== undefined &&
      (node.flags & FLAG.forward) === 0
    );
  }

  /** Fills in what a type that is written already refers to. */
  #point(place: BtfTypeId, target: BtfTypeId): void {
    const type = this.types[place];
    if (type !== undefined && 'type' in type) this.types[place] = { ...type, type: target };
  }

  #composite(id: MetadataId, node: CompositeType): BtfTypeId {
    const name = node.name ?? '';
    switch (node.tag) {
      case TAG.array:
        return this.#array(id, node);
      case TAG.enumeration:
        return this.#keep(id, this.#enumeration(node));
      default: {
        const kind = node.tag === TAG.union ? 'union' : 'struct';
        if ((node.flags & FLAG.forward) !== 0)
          return this.#keep(id, { kind: 'fwd', name, union: kind === 'union' });
        const size = Math.ceil((node.size as number) / 8);
        const place = this.#keep(id, { kind, name, size, members: [] });
        const members = this.#members(node);
        this.types[place] = { kind, name, size, members: members.map(({ member }) => member) };
        this.tags(node.annotations, place);
        members.forEach(({ annotations }, index) => {
          this.tags(annotations, place, index);
        });
        return place;
      }
    }
  }

  #members(
    node: CompositeType,
  ): { readonly member: BtfMember; readonly annotations: MetadataId | undefined }[] {
    return this.list(node.elements).flatMap((id) => {
      const member = this.node(id);
      if (member?.kind !== 'derived-type' || member.tag !== TAG.member) return [];
      const bitfieldSize = (member.flags & FLAG.bitField) !== 0 ? (member.size as number) : 0;
      const type = this.typeOf(member.baseType, 'member');
      const place = { name: member.name ?? '', type, bitOffset: member.offset as number, bitfieldSize };
      return [{ member: place, annotations: member.annotations }];
    });
  }

  #array(id: MetadataId, node: CompositeType): BtfTypeId {
    let type = this.typeOf(node.baseType);
    const lengths = this.list(node.elements).map((range) => this.#length(range));
    for (const length of lengths.reverse()) {
      this.#arrayIndex ??= this.add({
        kind: 'int',
        name: '__ARRAY_SIZE_TYPE__',
        size: 4,
        bits: 32,
        bitOffset: 0,
        signed: false,
        char: false,
        bool: false,
      });
      type = this.add({ kind: 'array', type, indexType: this.#arrayIndex, length });
    }
    this.#ids.set(id, type);
    return type;
  }

  #length(range: MetadataId | undefined): number {
    const node = this.node(range);
    if (node?.kind !== 'subrange') return 0;
    const count = this.node(node.count);
    if (count?.kind !== 'value') return 0;
    const value = this.#module.values[count.value];
    // -1 stands for an array of unknown length.
    return value?.kind === 'integer' && value.value > 0n ? Number(value.value) : 0;
  }

  #enumeration(node: CompositeType): BtfType {
    const values: BtfEnumerator[] = [];
    for (const id of this.list(node.elements)) {
      const enumerator = this.node(id);
      if (enumerator?.kind !== 'enumerator') continue;
      values.push({ name: enumerator.name ?? '', value: enumerator.value });
    }
    // The integer type that stands for it says how; an enumerator's own sign is that of its literal.
    const base = this.node(node.baseType);
    const encoding = base?.kind === 'basic-type' ? base.encoding : undefined;
    const signed = encoding === ENCODING.signed || encoding === ENCODING.signedChar;
    const size = Math.ceil((node.size as number) / 8);
    return { kind: size > 4 ? 'enum64' : 'enum', name: node.name ?? '', size, signed, values };
  }

  #tagNames(annotations: MetadataId | undefined, kind: 'btf_decl_tag' | 'btf_type_tag'): string[] {
    return this.list(annotations).flatMap((id) => {
      const [name, value] = this.list(id).map((part) => this.node(part));
      const matches = name?.kind === 'string' && name.text === kind && value?.kind === 'string';
      return matches ? [value.text] : [];
    });
  }
}

const DERIVED = new Map<number, 'ptr' | 'typedef' | 'const' | 'volatile' | 'restrict'>([
  [TAG.pointer, 'ptr'],
  [TAG.typedef, 'typedef'],
  [TAG.const, 'const'],
  [TAG.volatile, 'volatile'],
  [TAG.restrict, 'restrict'],
]);
