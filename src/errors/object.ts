import { SkepError, type SkepErrorDetails } from './base.js';

/** Why a well-formed ELF file is no usable BPF object. */
export type ObjectErrorCode =
  /** A section that BPF objects give a meaning holds something else. */
  | 'OBJECT_MALFORMED'
  /** A reference to something that the object does not define. */
  | 'OBJECT_UNDEFINED_SYMBOL'
  /** A relocation that makes no sense for its instruction or symbol. */
  | 'OBJECT_BAD_RELOCATION'
  /** A map definition that says too little or something unknown. */
  | 'OBJECT_BAD_MAP'
  /** More instructions or data than any kernel takes. */
  | 'OBJECT_TOO_LARGE'
  /** Objects that cannot be linked into one. */
  | 'OBJECT_COMBINE'
  /** A type that something needs and the object does not tell. */
  | 'OBJECT_NO_TYPE'
  /** A reference that was not given a value when the program was relocated. */
  | 'OBJECT_UNRESOLVED';

/** An error in an object's contents; `facts` holds `section` and `offset` wherever there is one. */
export function objectError(
  code: ObjectErrorCode,
  message: string,
  details: SkepErrorDetails = {},
): SkepError {
  return new SkepError(code, message, details);
}

/** Objects that do not go together. */
export function combineError(
  message: string,
  facts: Readonly<Record<string, unknown>>,
  hint?: string,
): SkepError {
  return objectError('OBJECT_COMBINE', message, { facts, ...(hint === undefined ? {} : { hint }) });
}
