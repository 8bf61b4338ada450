import type { Attribute, AttributeList } from './attribute.js';
import type { Attachment, Instruction } from './instruction.js';
import type { Metadata, MetadataId } from './metadata.js';
import type { IrType, TypeId } from './type.js';
import type { Value, ValueId } from './value.js';

export type Linkage =
  | 'external'
  | 'available_externally'
  | 'linkonce'
  | 'linkonce_odr'
  | 'weak'
  | 'weak_odr'
  | 'appending'
  | 'internal'
  | 'private'
  | 'extern_weak'
  | 'common';

/** What functions, global variables and aliases have in common. */
export interface GlobalFacts {
  readonly name: string;
  readonly linkage: Linkage;
  readonly visibility: 'default' | 'hidden' | 'protected';
  readonly unnamedAddress: 'none' | 'local' | 'global';
  readonly dsoLocal: boolean;
  readonly addressSpace: number;
}

export interface GlobalVariable extends GlobalFacts {
  /** The type of what is stored, not of the address. */
  readonly type: TypeId;
  readonly constant: boolean;
  /** `undefined` for a declaration. */
  readonly initializer: ValueId | undefined;
  readonly section: string | undefined;
  /** In bytes; 0 when the type's own alignment holds. */
  readonly align: number;
  readonly threadLocal: boolean;
  readonly externallyInitialized: boolean;
  readonly comdat: string | undefined;
  readonly attributes: readonly Attribute[];
  readonly attachments: readonly Attachment[];
}

export interface IrBlock {
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

export interface IrFunction extends GlobalFacts {
  readonly type: TypeId;
  readonly convention: number;
  readonly attributes: AttributeList | undefined;
  readonly section: string | undefined;
  readonly align: number;
  readonly comdat: string | undefined;
  readonly attachments: readonly Attachment[];
  /** Arguments first, then the function's constants, then results; see {@link ValueId}. */
  readonly values: readonly Value[];
  /** Empty for a declaration. */
  readonly blocks: readonly IrBlock[];
}

export interface GlobalAlias extends GlobalFacts {
  readonly type: TypeId;
  readonly aliasee: ValueId;
}

/**
 * A translation unit as clang leaves it after optimisation, read from bitcode of any LLVM from 14 to 22 into
 * one form: opaque pointers, `memory` attributes, debug records. Every reference is an index into one of the
 * tables here, so that a pass can keep its own facts in arrays beside them.
 */
export interface IrModule {
  /** Which LLVM wrote it, such as `LLVM19.1.7`. */
  readonly producer: string;
  readonly triple: string;
  readonly dataLayout: string;
  readonly sourceFile: string;
  /** Module-level assembly, `''` when there is none. */
  readonly assembly: string;
  readonly types: readonly IrType[];
  readonly values: readonly Value[];
  readonly globals: readonly GlobalVariable[];
  readonly functions: readonly IrFunction[];
  readonly aliases: readonly GlobalAlias[];
  readonly comdats: readonly { readonly name: string; readonly selection: string }[];
  /** All metadata, of the module and of its functions. */
  readonly metadata: readonly Metadata[];
  /** `!llvm.dbg.cu` and its like, by name. */
  readonly namedMetadata: ReadonlyMap<string, readonly MetadataId[]>;
}

/** The value that an operand of `fn` names; of the module itself when `fn` is undefined. */
export function valueAt(module: IrModule, fn: IrFunction | undefined, id: ValueId): Value {
  const value = id < module.values.length ? module.values[id] : fn?.values[id - module.values.length];
  // The reader has checked every id that it hands out.
  if (value === undefined) throw new RangeError(`value ${id} does not exist`);
  return value;
}
