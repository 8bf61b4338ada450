import type { TypeId } from './type.js';

/**
 * Index of a value, as bitcode counts them: ids below `module.values.length` name globals, functions and
 * constants of the module; ids from there on name the arguments, constants and results of one function, at
 * `function.values[id - module.values.length]`. Use {@link valueAt}.
 */
export type ValueId = number & { readonly __brand: 'ValueId' };

/** Bits of `add`, `sub`, `mul`, `shl`, `trunc`: no unsigned wrap, no signed wrap. */
export interface WrapFlags {
  readonly nuw: boolean;
  readonly nsw: boolean;
}

export const BINARY_OPERATIONS = [
  'add',
  'sub',
  'mul',
  'udiv',
  'sdiv',
  'urem',
  'srem',
  'shl',
  'lshr',
  'ashr',
  'and',
  'or',
  'xor',
] as const;
/** `add`, `sub`, `mul`, `sdiv` and `srem` stand for their floating-point forms when the type is a float. */
export type BinaryOperation = (typeof BINARY_OPERATIONS)[number];

export const CAST_OPERATIONS = [
  'trunc',
  'zext',
  'sext',
  'fptoui',
  'fptosi',
  'uitofp',
  'sitofp',
  'fptrunc',
  'fpext',
  'ptrtoint',
  'inttoptr',
  'bitcast',
  'addrspacecast',
  'ptrtoaddr',
] as const;
export type CastOperation = (typeof CAST_OPERATIONS)[number];

export const INTEGER_PREDICATES = [
  'eq',
  'ne',
  'ugt',
  'uge',
  'ult',
  'ule',
  'sgt',
  'sge',
  'slt',
  'sle',
] as const;
export const FLOAT_PREDICATES = [
  'false',
  'oeq',
  'ogt',
  'oge',
  'olt',
  'ole',
  'one',
  'ord',
  'uno',
  'ueq',
  'ugt',
  'uge',
  'ult',
  'ule',
  'une',
  'true',
] as const;
export type Predicate = (typeof INTEGER_PREDICATES)[number] | (typeof FLOAT_PREDICATES)[number];

/** What is known of a `getelementptr`. */
export interface GepFlags {
  readonly inbounds: boolean;
  readonly nusw: boolean;
  readonly nuw: boolean;
}

/** A constant; `type` is on every one. Operands are ids of other constants or globals. */
export type Constant =
  /** Zero of any type: 0, false, a null pointer, an aggregate of zeros. */
  | { readonly kind: 'null'; readonly type: TypeId }
  | { readonly kind: 'undef'; readonly type: TypeId }
  | { readonly kind: 'poison'; readonly type: TypeId }
  /** `value` is signed. */
  | { readonly kind: 'integer'; readonly type: TypeId; readonly value: bigint }
  /** `bits` is the IEEE encoding in the type's width. */
  | { readonly kind: 'float'; readonly type: TypeId; readonly bits: bigint }
  | { readonly kind: 'aggregate'; readonly type: TypeId; readonly elements: readonly ValueId[] }
  /** An array of i8, including its final zero where it has one. */
  | { readonly kind: 'bytes'; readonly type: TypeId; readonly bytes: Uint8Array }
  /** An array or vector of integers or floats, as unsigned bit patterns. */
  | { readonly kind: 'data'; readonly type: TypeId; readonly elements: readonly bigint[] }
  | {
      readonly kind: 'binary-expression';
      readonly type: TypeId;
      readonly operation: BinaryOperation;
      readonly left: ValueId;
      readonly right: ValueId;
      readonly flags: number;
    }
  | {
      readonly kind: 'cast-expression';
      readonly type: TypeId;
      readonly operation: CastOperation;
      readonly operand: ValueId;
    }
  | {
      readonly kind: 'compare-expression';
      readonly type: TypeId;
      readonly predicate: Predicate;
      readonly float: boolean;
      readonly left: ValueId;
      readonly right: ValueId;
    }
  | {
      readonly kind: 'select-expression';
      readonly type: TypeId;
      readonly condition: ValueId;
      readonly whenTrue: ValueId;
      readonly whenFalse: ValueId;
    }
  | {
      readonly kind: 'gep-expression';
      readonly type: TypeId;
      readonly source: TypeId;
      readonly base: ValueId;
      readonly indices: readonly ValueId[];
      readonly flags: GepFlags;
    }
  | {
      readonly kind: 'block-address';
      readonly type: TypeId;
      readonly function: ValueId;
      readonly block: number;
    }
  | InlineAsm;

/** Inline assembly, as the callee of a call: LLVM's template (`$0`, `${1:x}`) and constraint string. */
export interface InlineAsm {
  readonly kind: 'inline-asm';
  readonly type: TypeId;
  readonly functionType: TypeId;
  readonly template: string;
  readonly constraints: string;
  readonly sideEffect: boolean;
  readonly alignStack: boolean;
  readonly intelDialect: boolean;
  readonly canThrow: boolean;
}

/** A value: what an operand can name. */
export type Value =
  | Constant
  /** The address of `module.globals[index]`. */
  | { readonly kind: 'global'; readonly type: TypeId; readonly index: number }
  /** The address of `module.functions[index]`. */
  | { readonly kind: 'function'; readonly type: TypeId; readonly index: number }
  /** The address of `module.aliases[index]`. */
  | { readonly kind: 'alias'; readonly type: TypeId; readonly index: number }
  | Argument
  | Result;

export interface Argument {
  readonly kind: 'argument';
  readonly type: TypeId;
  readonly index: number;
  readonly name: string | undefined;
}

/** What an instruction computes: `function.blocks[block].instructions[index]`. */
export interface Result {
  readonly kind: 'result';
  readonly type: TypeId;
  readonly block: number;
  readonly index: number;
  readonly name: string | undefined;
}
