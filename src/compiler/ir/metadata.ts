import type { TypeId } from './type.js';
import type { ValueId } from './value.js';

/** Index of a piece of metadata in {@link IrModule.metadata}. */
export type MetadataId = number & { readonly __brand: 'MetadataId' };

/** A place in the source. `line` 0 is code that the compiler made. */
export interface SourceLocation {
  readonly line: number;
  readonly column: number;
  /** A subprogram or lexical block. */
  readonly scope: MetadataId;
  /** The location of the call into which the code was inlined. */
  readonly inlinedAt: MetadataId | undefined;
  readonly implicitCode: boolean;
  /** LLVM 22's key instructions; 0 when unused. */
  readonly atomGroup: number;
  readonly atomRank: number;
}

/** A number of bits, or, for types whose size is only known at run time, the metadata that tells it. */
export type BitCount = number | { readonly metadata: MetadataId };

type Ref = MetadataId | undefined;

interface Node<K extends string> {
  readonly kind: K;
  /** Two distinct nodes are different even when they are equal. */
  readonly distinct: boolean;
}

/** `!{…}`: TBAA, lists of elements, annotations. */
export interface Tuple extends Node<'tuple'> {
  readonly operands: readonly Ref[];
}

export interface LocationNode extends Node<'location'> {
  readonly location: SourceLocation;
}

export interface FileNode extends Node<'file'> {
  readonly filename: string;
  readonly directory: string;
  readonly checksum:
    | { readonly kind: 'CSK_MD5' | 'CSK_SHA1' | 'CSK_SHA256'; readonly text: string }
    | undefined;
  readonly source: string | undefined;
}

export interface CompileUnit extends Node<'compile-unit'> {
  /** A DW_LANG code, or a DW_LNAME code when `languageVersion` is given. */
  readonly language: number;
  readonly languageVersion: number | undefined;
  readonly file: Ref;
  readonly producer: string | undefined;
  readonly optimized: boolean;
  readonly flags: string | undefined;
  readonly runtimeVersion: number;
  readonly splitDebugFilename: string | undefined;
  readonly emissionKind: number;
  readonly enums: Ref;
  readonly retainedTypes: Ref;
  readonly globals: Ref;
  readonly imports: Ref;
  readonly macros: Ref;
  readonly dwoId: bigint;
  readonly splitDebugInlining: boolean;
  readonly debugInfoForProfiling: boolean;
  readonly nameTableKind: number;
  readonly rangesBaseAddress: boolean;
  readonly sysroot: string | undefined;
  readonly sdk: string | undefined;
}

export interface Subprogram extends Node<'subprogram'> {
  readonly scope: Ref;
  readonly name: string | undefined;
  readonly linkageName: string | undefined;
  readonly file: Ref;
  readonly line: number;
  readonly type: Ref;
  readonly scopeLine: number;
  readonly containingType: Ref;
  readonly subprogramFlags: number;
  readonly virtualIndex: number;
  readonly flags: number;
  readonly unit: Ref;
  readonly templateParameters: Ref;
  readonly declaration: Ref;
  readonly retainedNodes: Ref;
  readonly thisAdjustment: number;
  readonly thrownTypes: Ref;
  /** `btf_decl_tag`s. */
  readonly annotations: Ref;
  readonly targetFunctionName: string | undefined;
  readonly keyInstructions: boolean;
}

export interface LexicalBlock extends Node<'lexical-block'> {
  readonly scope: Ref;
  readonly file: Ref;
  readonly line: number;
  readonly column: number;
}

export interface LexicalBlockFile extends Node<'lexical-block-file'> {
  readonly scope: Ref;
  readonly file: Ref;
  readonly discriminator: number;
}

export interface BasicType extends Node<'basic-type'> {
  /** A DW_TAG code, here and below. */
  readonly tag: number;
  readonly name: string | undefined;
  readonly size: BitCount;
  readonly align: number;
  /** A DW_ATE code. */
  readonly encoding: number;
  readonly flags: number;
  readonly extraInhabitants: number;
  readonly dataSize: number;
}

/** Pointers, typedefs, qualifiers, members, `btf_type_tag`s. */
export interface DerivedType extends Node<'derived-type'> {
  readonly tag: number;
  readonly name: string | undefined;
  readonly file: Ref;
  readonly line: number;
  readonly scope: Ref;
  readonly baseType: Ref;
  readonly size: BitCount;
  readonly align: number;
  readonly offset: BitCount;
  readonly flags: number;
  /** For a bit field the offset of its storage unit. */
  readonly extraData: Ref;
  readonly addressSpace: number | undefined;
  readonly annotations: Ref;
  /** Pointer authentication, as LLVM packs it; 0 when there is none. */
  readonly pointerAuth: number;
}

/** Structs, unions, enums, arrays. */
export interface CompositeType extends Node<'composite-type'> {
  readonly tag: number;
  readonly name: string | undefined;
  readonly file: Ref;
  readonly line: number;
  readonly scope: Ref;
  readonly baseType: Ref;
  readonly size: BitCount;
  readonly align: number;
  readonly offset: BitCount;
  readonly flags: number;
  readonly elements: Ref;
  readonly runtimeLanguage: number;
  readonly vtableHolder: Ref;
  readonly templateParameters: Ref;
  readonly identifier: string | undefined;
  readonly discriminator: Ref;
  readonly dataLocation: Ref;
  readonly associated: Ref;
  readonly allocated: Ref;
  readonly rank: Ref;
  readonly annotations: Ref;
  readonly extraInhabitants: number;
  readonly specification: Ref;
  readonly enumKind: number | undefined;
  readonly bitStride: Ref;
}

export interface SubroutineType extends Node<'subroutine-type'> {
  readonly flags: number;
  readonly convention: number;
  /** A tuple: the return type, then the parameters; an absent element is void or `…`. */
  readonly types: Ref;
}

/** Bounds of one dimension of an array; each a constant as metadata, a variable or an expression. */
export interface Subrange extends Node<'subrange'> {
  readonly count: Ref;
  readonly lower: Ref;
  readonly upper: Ref;
  readonly stride: Ref;
}

export interface Enumerator extends Node<'enumerator'> {
  readonly name: string | undefined;
  readonly value: bigint;
  readonly bits: number;
  readonly unsigned: boolean;
}

export interface GlobalVariableNode extends Node<'global-variable'> {
  readonly scope: Ref;
  readonly name: string | undefined;
  readonly linkageName: string | undefined;
  readonly file: Ref;
  readonly line: number;
  readonly type: Ref;
  readonly local: boolean;
  readonly definition: boolean;
  readonly declaration: Ref;
  readonly templateParameters: Ref;
  readonly align: number;
  readonly annotations: Ref;
}

export interface GlobalVariableExpression extends Node<'global-variable-expression'> {
  readonly variable: Ref;
  readonly expression: Ref;
}

export interface LocalVariable extends Node<'local-variable'> {
  readonly scope: Ref;
  readonly name: string | undefined;
  readonly file: Ref;
  readonly line: number;
  readonly type: Ref;
  /** Position among the parameters from 1; 0 for a variable of the body. */
  readonly argument: number;
  readonly flags: number;
  readonly align: number;
  readonly annotations: Ref;
}

export interface LabelNode extends Node<'label'> {
  readonly scope: Ref;
  readonly name: string | undefined;
  readonly file: Ref;
  readonly line: number;
  readonly column: number;
  readonly artificial: boolean;
  readonly suspendIndex: number | undefined;
}

/** DWARF operations, with LLVM's own. */
export interface ExpressionNode extends Node<'expression'> {
  readonly elements: readonly bigint[];
}

export interface MacroNode extends Node<'macro'> {
  readonly type: number;
  readonly line: number;
  readonly name: string | undefined;
  readonly value: string | undefined;
}

export interface MacroFile extends Node<'macro-file'> {
  readonly type: number;
  readonly line: number;
  readonly file: Ref;
  readonly elements: Ref;
}

/** A piece of metadata. Names of node kinds and fields follow LLVM's `DI…` classes. */
export type Metadata =
  | { readonly kind: 'string'; readonly text: string }
  /** A constant, or within a function any value of that function. */
  | { readonly kind: 'value'; readonly type: TypeId; readonly value: ValueId }
  /** The values that an expression with `DW_OP_LLVM_arg` combines. */
  | { readonly kind: 'argument-list'; readonly values: readonly MetadataId[] }
  | Node<'assign-id'>
  | Tuple
  | LocationNode
  | FileNode
  | CompileUnit
  | Subprogram
  | LexicalBlock
  | LexicalBlockFile
  | BasicType
  | DerivedType
  | CompositeType
  | SubroutineType
  | Subrange
  | Enumerator
  | GlobalVariableNode
  | GlobalVariableExpression
  | LocalVariable
  | LabelNode
  | ExpressionNode
  | MacroNode
  | MacroFile;
