import { SkepError, type SkepErrorDetails } from './base.js';

/** Why an ELF file is refused. */
export type ElfErrorCode =
  /** The bytes are no ELF file. */
  | 'ELF_NOT_ELF'
  /** A well-formed file of a kind that skep does not read. */
  | 'ELF_UNSUPPORTED'
  /** Something lies beyond the end of the file. */
  | 'ELF_TRUNCATED'
  /** A header, table or record contradicts the format. */
  | 'ELF_MALFORMED'
  /** More sections, symbols or zero bytes than any real object has. */
  | 'ELF_TOO_LARGE';

/** An error in an ELF file's structure; `facts` holds `section` and `offset` wherever there is one. */
export function elfError(code: ElfErrorCode, message: string, details: SkepErrorDetails = {}): SkepError {
  return new SkepError(code, message, details);
}
