import type { SourceLocation } from './ir/metadata.js';

/**
 * What a C program has that BPF cannot do, found after clang has accepted it: too much stack, floating point,
 * six arguments. `compile()` shows it as clang shows its own errors.
 */
export class SourceProblem extends Error {
  readonly location: SourceLocation | undefined;
  readonly hint: string | undefined;
  /** The file of the location, as the debug information names it; set by who knows the module. */
  file: string | undefined;

  /** @param message one sentence in clang's manner: no capital, no full stop. */
  constructor(message: string, location: SourceLocation | undefined, hint?: string) {
    super(message);
    this.name = 'SourceProblem';
    this.location = location;
    this.hint = hint;
  }
}
