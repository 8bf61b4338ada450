import { SkepError, type SkepErrorDetails } from './base.js';

/** Why C cannot be compiled at all; faults of the source are diagnostics, not errors. */
export type CompileErrorCode =
  /** The bundled clang is not installed. */
  | 'COMPILE_NO_CLANG'
  /** clang itself failed: a bug of it, or not enough memory. */
  | 'COMPILE_CLANG_CRASHED'
  /** A request that makes no sense, such as a source that is not among the files. */
  | 'COMPILE_BAD_REQUEST'
  /** The source has errors; `facts.text` says them as clang does. */
  | 'COMPILE_SOURCE';

export function compileError(
  code: CompileErrorCode,
  message: string,
  details: SkepErrorDetails = {},
): SkepError {
  return new SkepError(code, message, details);
}
