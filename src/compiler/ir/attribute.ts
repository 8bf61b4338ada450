import type { TypeId } from './type.js';

export type MemoryAccess = 'none' | 'read' | 'write' | 'readwrite';
/** The kinds of memory that the `memory` attribute tells apart, in the order of LLVM 22's encoding. */
export const MEMORY_LOCATIONS = [
  'argmem',
  'inaccessiblemem',
  'errnomem',
  'other',
  'target_mem0',
  'target_mem1',
] as const;
export type MemoryLocation = (typeof MEMORY_LOCATIONS)[number];

/** An attribute of a function, a parameter, a return value or a global variable. Names are LLVM's own. */
export type Attribute =
  | { readonly kind: 'flag'; readonly name: string }
  /** With a number: `align`, `dereferenceable`, `alignstack`, `captures`, … */
  | { readonly kind: 'integer'; readonly name: string; readonly value: bigint }
  /** What a function may do to memory. */
  | { readonly kind: 'memory'; readonly access: Readonly<Record<MemoryLocation, MemoryAccess>> }
  /** With a type: `byval`, `sret`, `elementtype`, … */
  | { readonly kind: 'type'; readonly name: string; readonly type: TypeId | undefined }
  /** `range`: the value lies in [low, high), modulo 2^bits. */
  | {
      readonly kind: 'range';
      readonly name: string;
      readonly bits: number;
      readonly low: bigint;
      readonly high: bigint;
    }
  /** `initializes`: the byte ranges [low, high) that are written before they are read. */
  | {
      readonly kind: 'ranges';
      readonly name: string;
      readonly bits: number;
      readonly ranges: readonly { readonly low: bigint; readonly high: bigint }[];
    }
  /** `"key"="value"`, such as `"target-cpu"="v3"`. */
  | { readonly kind: 'text'; readonly name: string; readonly value: string | undefined };

/** The attributes of a function or of a call. Lists that hold the same attributes are one object. */
export interface AttributeList {
  readonly function: readonly Attribute[];
  readonly returns: readonly Attribute[];
  /** By parameter; a parameter without attributes may be missing. */
  readonly parameters: readonly (readonly Attribute[] | undefined)[];
}
