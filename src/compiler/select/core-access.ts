import { alignOf, sizeOf, structLayout } from '../ir/layout.js';
import type { DerivedType, Metadata, MetadataId } from '../ir/metadata.js';
import type { IrModule } from '../ir/module.js';
import type { TypeId } from '../ir/type.js';
import type { ValueId } from '../ir/value.js';
import type { Selector } from './selector.js';

/** A field as CO-RE records name it: from a type at its root, index by index. */
export interface CoreAccess {
  /** The pointer at the root. */
  readonly base: ValueId;
  readonly type: MetadataId;
  readonly path: readonly number[];
  /** Bytes from the root, for the types of this compilation. */
  readonly offset: number;
  /** The debug type of what is accessed, and its member when it is one. */
  readonly field: MetadataId | undefined;
  readonly member: DerivedType | undefined;
  /** Alignment of the struct around it, in bytes. */
  readonly recordAlign: number;
}

const TAG = {
  array: 0x01,
  enumeration: 0x04,
  typedef: 0x16,
  const: 0x26,
  volatile: 0x35,
  restrict: 0x37,
} as const;
const TRANSPARENT = new Set<number>([TAG.typedef, TAG.const, TAG.volatile, TAG.restrict]);
const BIT_FIELD = 1 << 19;
const SIGNED = new Set([0x05, 0x06]);

function nodeAt(module: IrModule, id: MetadataId | undefined): Metadata | undefined {
  return id === undefined ? undefined : module.metadata[id];
}

/** A debug type without typedefs and qualifiers. */
export function stripped(module: IrModule, id: MetadataId | undefined): MetadataId | undefined {
  let at = id;
  for (let node = nodeAt(module, at); node?.kind === 'derived-type'; node = nodeAt(module, at)) {
    if (!TRANSPARENT.has(node.tag)) break;
    at = node.baseType;
  }
  return at;
}

/** A debug type without qualifiers: the loader looks for structs, unions, arrays and their typedefs. */
function unqualified(module: IrModule, id: MetadataId): MetadataId {
  let at = id;
  for (let node = nodeAt(module, at); node?.kind === 'derived-type'; node = nodeAt(module, at)) {
    if (node.tag === TAG.typedef || !TRANSPARENT.has(node.tag) || node.baseType === undefined) break;
    at = node.baseType;
  }
  return at;
}

export interface Step {
  readonly kind: 'struct' | 'union' | 'array';
  readonly base: ValueId;
  /** The debug type of what is indexed. */
  readonly type: MetadataId;
  /** clang's index of the member, or of the element. */
  readonly index: number;
  /** LLVM's index of the member; the dimension of an array, 0 for a pointer. */
  readonly second: number;
  /** The LLVM type that is indexed. */
  readonly source: TypeId | undefined;
}

/**
 * What a step accesses, going on from the access to its base when that leads to the type it indexes.
 *
 * @returns undefined for an access that the loader has no part in: elements of arrays of numbers
 */
export function extendAccess(
  s: Selector,
  step: Step,
  before: CoreAccess | undefined,
): CoreAccess | undefined {
  const { module } = s;
  const own = stripped(module, step.type);
  const goesOn = before !== undefined && stripped(module, before.field) === own;
  if (!goesOn && step.kind === 'array') return elementAccess(s, step, own);
  const start = goesOn
    ? before
    : { base: step.base, type: unqualified(module, step.type), path: [0], offset: 0 };
  const member = step.kind === 'array' ? undefined : memberAt(module, own, step.index);
  return {
    base: start.base,
    type: start.type,
    path: [...start.path, step.index],
    offset: start.offset + stepBytes(s, step),
    field: step.kind === 'array' ? elementOf(module, own) : member?.baseType,
    member,
    recordAlign: step.source === undefined ? 8 : alignOf(module, step.source),
  };
}

/** A path begins with the number of the struct that a pointer or an array at the root leads to. */
function elementAccess(s: Selector, step: Step, own: MetadataId | undefined): CoreAccess | undefined {
  const node = nodeAt(s.module, own);
  const isIndirect =
    node?.kind === 'derived-type' || (node?.kind === 'composite-type' && node.tag === TAG.array);
  const element = isIndirect ? stripped(s.module, node.baseType) : own;
  const shape = nodeAt(s.module, element);
  if (element === undefined || shape?.kind !== 'composite-type' || shape.tag === TAG.array) return undefined;
  return {
    base: step.base,
    type: element,
    path: [step.index],
    offset: stepBytes(s, step),
    field: element,
    member: undefined,
    recordAlign: step.source === undefined ? 8 : alignOf(s.module, step.source),
  };
}

/** Bytes that a step goes on, for the types of this compilation. */
export function stepBytes(s: Selector, { kind, index, second, source }: Step): number {
  if (kind === 'union' || source === undefined) return 0;
  let type = s.type(source);
  if (kind === 'struct')
    return type.kind === 'struct' ? (structLayout(s.module, type).offsets[second] ?? 0) : 0;
  let element = source;
  for (let dimension = 0; dimension < second && type.kind === 'array'; dimension++) {
    element = type.element;
    type = s.type(element);
  }
  return index * sizeOf(s.module, element);
}

function memberAt(module: IrModule, id: MetadataId | undefined, index: number): DerivedType | undefined {
  const node = nodeAt(module, id);
  const elements = node?.kind === 'composite-type' ? nodeAt(module, node.elements) : undefined;
  const member = elements?.kind === 'tuple' ? nodeAt(module, elements.operands[index]) : undefined;
  return member?.kind === 'derived-type' ? member : undefined;
}

function elementOf(module: IrModule, id: MetadataId | undefined): MetadataId | undefined {
  const node = nodeAt(module, id);
  return node?.kind === 'composite-type' && node.tag === TAG.array ? node.baseType : undefined;
}

/** Bits of a debug type. */
export function bitsOf(module: IrModule, id: MetadataId | undefined): number {
  const node = nodeAt(module, stripped(module, id));
  if (node !== undefined && 'size' in node && typeof node.size === 'number') return node.size;
  return 64;
}

/** What `__builtin_preserve_field_info` tells of a field, by `enum bpf_field_info_kind`. */
export function fieldInfo(s: Selector, access: CoreAccess, kind: number): bigint {
  const { module } = s;
  const { member } = access;
  const isBitField = member !== undefined && (member.flags & BIT_FIELD) !== 0;
  const bits = isBitField ? (member.size as number) : bitsOf(module, access.field);
  // The unit that holds a bit-field: as large as its struct is aligned.
  const unit = access.recordAlign * 8;
  const start = isBitField ? Math.floor((member.offset as number) / unit) * unit : access.offset * 8;
  switch (kind) {
    case 0: {
      const outer = isBitField ? access.offset - Math.floor((member.offset as number) / 8) : 0;
      return BigInt(isBitField ? Math.max(outer, 0) + start / 8 : access.offset);
    }
    case 1:
      return BigInt(isBitField ? unit / 8 : Math.ceil(bits / 8));
    case 2:
      return 1n;
    case 3:
      return isSigned(module, access.field) ? 1n : 0n;
    case 4: {
      if (!isBitField) return BigInt(64 - bits);
      const from = (member.offset as number) - start;
      return BigInt(s.littleEndian ? 64 - from - bits : 64 - unit + from);
    }
    default:
      return BigInt(64 - bits);
  }
}

function isSigned(module: IrModule, id: MetadataId | undefined): boolean {
  const node = nodeAt(module, stripped(module, id));
  if (node?.kind === 'composite-type' && node.tag === TAG.enumeration) return isSigned(module, node.baseType);
  return node?.kind === 'basic-type' && SIGNED.has(node.encoding);
}
