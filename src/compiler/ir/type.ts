/** Index of a type in {@link IrModule.types}; equal types have equal ids. */
export type TypeId = number & { readonly __brand: 'TypeId' };

export type FloatFormat = 'half' | 'bfloat' | 'float' | 'double' | 'x86_fp80' | 'fp128' | 'ppc_fp128';

/**
 * A type of the IR. All pointers are opaque: the typed pointers of clang 14 and older become
 * `pointer`, and what they pointed to stays in the instructions that need it.
 */
export type IrType =
  | { readonly kind: 'void' }
  | { readonly kind: 'label' }
  | { readonly kind: 'metadata' }
  | { readonly kind: 'token' }
  | { readonly kind: 'integer'; readonly bits: number }
  | { readonly kind: 'float'; readonly format: FloatFormat }
  | { readonly kind: 'pointer'; readonly addressSpace: number }
  | { readonly kind: 'array'; readonly length: number; readonly element: TypeId }
  | { readonly kind: 'vector'; readonly length: number; readonly element: TypeId; readonly scalable: boolean }
  | StructType
  | FunctionType;

/** A struct: by its elements when it has no name, by its name when it has one. */
export interface StructType {
  readonly kind: 'struct';
  readonly name: string | undefined;
  readonly packed: boolean;
  /** `undefined` for a named struct that is only declared. */
  readonly elements: readonly TypeId[] | undefined;
}

export interface FunctionType {
  readonly kind: 'function';
  readonly returns: TypeId;
  readonly parameters: readonly TypeId[];
  readonly variadic: boolean;
}
