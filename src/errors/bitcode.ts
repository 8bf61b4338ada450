import { SkepError, type SkepErrorDetails } from './base.js';

/** Why LLVM bitcode is refused. */
export type BitcodeErrorCode =
  /** The bytes are no LLVM bitcode. */
  | 'BITCODE_NOT_BITCODE'
  /** A block or record lies beyond the end of the file. */
  | 'BITCODE_TRUNCATED'
  /** A block or record contradicts the format. */
  | 'BITCODE_MALFORMED'
  /** Well-formed bitcode that uses something that C for BPF never does. */
  | 'BITCODE_UNSUPPORTED'
  /** Bitcode that unfolds to far more than its size warrants. */
  | 'BITCODE_TOO_LARGE';

/** An error in bitcode; `facts.bit` is the offset in bits of the block or record at fault. */
export function bitcodeError(
  code: BitcodeErrorCode,
  message: string,
  details: SkepErrorDetails = {},
): SkepError {
  return new SkepError(code, message, details);
}
