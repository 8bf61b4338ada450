/** What a `SkepError` carries besides its message. */
export interface SkepErrorDetails {
  /** What was found, as data: section, offset, expected and actual values. Rendered as JSON by `-j`. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** What to do next, one sentence. */
  readonly hint?: string;
  /** A page of the documentation, relative to `docs/`. */
  readonly docs?: string;
  readonly cause?: unknown;
}

/**
 * The one error type that skep throws on purpose.
 *
 * `code` is stable and made for programs (`ELF_TRUNCATED`, `MAP_NOT_FOUND`, …); `message` is one sentence
 * made for people; `hint` says what to do next. Anything else that is thrown is a bug in skep.
 */
export class SkepError extends Error {
  readonly code: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly hint: string | undefined;
  readonly docs: string | undefined;

  constructor(code: string, message: string, details: SkepErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'SkepError';
    this.code = code;
    this.facts = details.facts ?? {};
    this.hint = details.hint;
    this.docs = details.docs;
  }
}
