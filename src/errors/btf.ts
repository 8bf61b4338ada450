import { SkepError, type SkepErrorDetails } from './base.js';

/** Why BTF, or a value described by it, is refused. */
export type BtfErrorCode =
  /** The bytes are no BTF. */
  | 'BTF_NOT_BTF'
  /** Something lies beyond the end of its section. */
  | 'BTF_TRUNCATED'
  /** A record contradicts the format. */
  | 'BTF_MALFORMED'
  /** A type id that does not exist, or a type of a kind that makes no sense there. */
  | 'BTF_BAD_TYPE'
  /** Types that contain or refer to themselves without end. */
  | 'BTF_CYCLE'
  /** A JavaScript value or a byte buffer that does not fit its type. */
  | 'BTF_VALUE'
  /** Types that the kernel cannot be told apart or that C cannot express. */
  | 'BTF_UNSUPPORTED';

/** An error in BTF; `facts` holds `section` and `offset`, or the `type` id, wherever there is one. */
export function btfError(code: BtfErrorCode, message: string, details: SkepErrorDetails = {}): SkepError {
  return new SkepError(code, message, details);
}
