import { SkepError, type SkepErrorDetails } from './base.js';

/** Why a CO-RE relocation cannot be made. */
export type CoreErrorCode =
  /** The record contradicts the program's own types. */
  | 'CORE_BAD_RECORD'
  /** The instruction is none that this kind of record can patch, or does not hold the compiled value. */
  | 'CORE_BAD_INSN'
  /** Several types of the kernel fit and give different answers. */
  | 'CORE_AMBIGUOUS'
  /** The value does not fit the instruction. */
  | 'CORE_RANGE'
  /** A kind of record, or of type, that libbpf does not relocate either. */
  | 'CORE_UNSUPPORTED'
  /** Comparing the types takes more steps than any real ones. */
  | 'CORE_TOO_COMPLEX';

/** An error in a CO-RE relocation; `facts` holds the record's `type`, `access` and `kind`. */
export function coreError(code: CoreErrorCode, message: string, details: SkepErrorDetails = {}): SkepError {
  return new SkepError(code, message, details);
}
