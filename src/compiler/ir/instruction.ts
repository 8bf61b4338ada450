import type { AttributeList } from './attribute.js';
import type { MetadataId, SourceLocation } from './metadata.js';
import type { TypeId } from './type.js';
import type { BinaryOperation, CastOperation, GepFlags, Predicate, ValueId } from './value.js';

/** Index of a basic block in its function; block 0 is the entry. */
export type BlockId = number & { readonly __brand: 'BlockId' };

/** Metadata where a value is expected: an argument of `llvm.read_register`, the place of a variable. */
export interface MetadataOperand {
  readonly metadata: MetadataId;
}

export type Operand = ValueId | MetadataOperand;

export const ATOMIC_ORDERINGS = [
  'not_atomic',
  'unordered',
  'monotonic',
  'acquire',
  'release',
  'acq_rel',
  'seq_cst',
] as const;
export type AtomicOrdering = (typeof ATOMIC_ORDERINGS)[number];

export const RMW_OPERATIONS = [
  'xchg',
  'add',
  'sub',
  'and',
  'nand',
  'or',
  'xor',
  'max',
  'min',
  'umax',
  'umin',
  'fadd',
  'fsub',
  'fmax',
  'fmin',
  'uinc_wrap',
  'udec_wrap',
  'usub_cond',
  'usub_sat',
  'fmaximum',
  'fminimum',
] as const;
export type RmwOperation = (typeof RMW_OPERATIONS)[number];

/** How an access is atomic; `scope` is an LLVM sync scope, `''` being the whole system. */
export interface Atomicity {
  readonly ordering: AtomicOrdering;
  readonly scope: string;
}

/** Where a variable lives from here on; LLVM's debug records, and the `llvm.dbg.*` calls of older versions. */
export type DebugRecord =
  | {
      readonly kind: 'value' | 'declare' | 'declare-value';
      readonly place: Operand;
      readonly variable: MetadataId;
      readonly expression: MetadataId;
      readonly location: SourceLocation;
    }
  | {
      readonly kind: 'assign';
      readonly place: Operand;
      readonly variable: MetadataId;
      readonly expression: MetadataId;
      readonly assignment: MetadataId;
      readonly address: Operand;
      readonly addressExpression: MetadataId;
      readonly location: SourceLocation;
    }
  | { readonly kind: 'label'; readonly label: MetadataId; readonly location: SourceLocation };

/** A named reference to metadata: `!tbaa !5`. */
export interface Attachment {
  readonly kind: string;
  readonly node: MetadataId;
}

export interface OperandBundle {
  readonly tag: string;
  readonly operands: readonly Operand[];
}

/** What every instruction carries besides its operands. */
export interface InstructionFacts {
  /** The value that it computes; `undefined` when it computes none. */
  readonly result: ValueId | undefined;
  readonly location: SourceLocation | undefined;
  /** All but the source location. */
  readonly attachments: readonly Attachment[];
  /** Records that take effect just before this instruction. */
  readonly debugRecords: readonly DebugRecord[];
}

/**
 * What a call does. A callee of kind `inline-asm` is inline assembly, of kind `function` a direct call.
 * `attributes` are the call's own, not those of the function called.
 */
export interface CallFacts {
  readonly callee: ValueId;
  readonly functionType: TypeId;
  readonly arguments: readonly Operand[];
  readonly attributes: AttributeList | undefined;
  readonly convention: number;
  readonly bundles: readonly OperandBundle[];
}

/** An instruction's own fields, by kind. `flags` are LLVM's bits for that operation, 0 when none is set. */
export type Operation =
  /** `flags`: nuw, nsw for add, sub, mul, shl; exact for udiv, sdiv, lshr, ashr; disjoint for or. */
  | {
      readonly kind: 'binary';
      readonly operation: BinaryOperation;
      readonly left: ValueId;
      readonly right: ValueId;
      readonly flags: number;
    }
  | { readonly kind: 'fneg'; readonly operand: ValueId; readonly flags: number }
  /** `flags`: nneg for zext and uitofp; nuw, nsw for trunc. */
  | {
      readonly kind: 'cast';
      readonly operation: CastOperation;
      readonly operand: ValueId;
      readonly type: TypeId;
      readonly flags: number;
    }
  /** `float` tells icmp from fcmp; `flags`: samesign for icmp, fast-math bits for fcmp. */
  | {
      readonly kind: 'compare';
      readonly float: boolean;
      readonly predicate: Predicate;
      readonly left: ValueId;
      readonly right: ValueId;
      readonly flags: number;
    }
  | {
      readonly kind: 'select';
      readonly condition: ValueId;
      readonly whenTrue: ValueId;
      readonly whenFalse: ValueId;
      readonly flags: number;
    }
  | {
      readonly kind: 'phi';
      readonly type: TypeId;
      readonly incoming: readonly { readonly value: ValueId; readonly block: BlockId }[];
      readonly flags: number;
    }
  | { readonly kind: 'freeze'; readonly operand: ValueId }
  | {
      readonly kind: 'gep';
      readonly source: TypeId;
      readonly base: ValueId;
      readonly indices: readonly ValueId[];
      readonly flags: GepFlags;
    }
  /** `align` in bytes, here and below. */
  | {
      readonly kind: 'alloca';
      readonly type: TypeId;
      readonly count: ValueId;
      readonly align: number;
      readonly addressSpace: number;
    }
  | {
      readonly kind: 'load';
      readonly type: TypeId;
      readonly pointer: ValueId;
      readonly align: number;
      readonly volatile: boolean;
      readonly atomic: Atomicity | undefined;
    }
  | {
      readonly kind: 'store';
      readonly pointer: ValueId;
      readonly value: ValueId;
      readonly align: number;
      readonly volatile: boolean;
      readonly atomic: Atomicity | undefined;
    }
  | {
      readonly kind: 'cmpxchg';
      readonly pointer: ValueId;
      readonly expected: ValueId;
      readonly replacement: ValueId;
      readonly align: number;
      readonly volatile: boolean;
      readonly weak: boolean;
      readonly success: Atomicity;
      readonly failure: AtomicOrdering;
    }
  | {
      readonly kind: 'rmw';
      readonly operation: RmwOperation;
      readonly pointer: ValueId;
      readonly value: ValueId;
      readonly align: number;
      readonly volatile: boolean;
      readonly atomic: Atomicity;
    }
  | { readonly kind: 'fence'; readonly atomic: Atomicity }
  | { readonly kind: 'extractvalue'; readonly aggregate: ValueId; readonly indices: readonly number[] }
  | {
      readonly kind: 'insertvalue';
      readonly aggregate: ValueId;
      readonly element: ValueId;
      readonly indices: readonly number[];
    }
  | { readonly kind: 'extractelement'; readonly vector: ValueId; readonly index: ValueId }
  | {
      readonly kind: 'insertelement';
      readonly vector: ValueId;
      readonly element: ValueId;
      readonly index: ValueId;
    }
  | {
      readonly kind: 'shufflevector';
      readonly left: ValueId;
      readonly right: ValueId;
      readonly mask: ValueId;
    }
  | { readonly kind: 'va_arg'; readonly list: ValueId; readonly type: TypeId }
  | ({
      readonly kind: 'call';
      readonly tail: 'none' | 'tail' | 'musttail' | 'notail';
      readonly flags: number;
    } & CallFacts)
  /** `asm goto`: control goes on to `next`, or from within the assembly to one of `targets`. */
  | ({ readonly kind: 'callbr'; readonly next: BlockId; readonly targets: readonly BlockId[] } & CallFacts)
  | { readonly kind: 'ret'; readonly value: ValueId | undefined }
  | { readonly kind: 'br'; readonly target: BlockId }
  | {
      readonly kind: 'condbr';
      readonly condition: ValueId;
      readonly whenTrue: BlockId;
      readonly whenFalse: BlockId;
    }
  | {
      readonly kind: 'switch';
      readonly value: ValueId;
      readonly otherwise: BlockId;
      readonly cases: readonly { readonly value: ValueId; readonly block: BlockId }[];
    }
  | { readonly kind: 'indirectbr'; readonly address: ValueId; readonly targets: readonly BlockId[] }
  | { readonly kind: 'unreachable' };

export type Instruction = Operation & InstructionFacts;

/** The operations that end a block. */
export function isTerminator(operation: Operation): boolean {
  switch (operation.kind) {
    case 'ret':
    case 'br':
    case 'condbr':
    case 'switch':
    case 'indirectbr':
    case 'callbr':
    case 'unreachable':
      return true;
    default:
      return false;
  }
}
