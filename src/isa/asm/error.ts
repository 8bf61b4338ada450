/**
 * Text that is no BPF assembly. `line` and `column` count from 1 and point at what was not understood.
 * (`isa` imports nothing, so this is no `SkepError`; it has the same `code`, `facts` and `hint`.)
 */
export class AsmError extends Error {
  readonly code: 'ASM_SYNTAX' | 'ASM_RANGE' | 'ASM_SYMBOL';
  readonly line: number;
  readonly column: number;
  readonly hint: string | undefined;

  constructor(code: AsmError['code'], line: number, column: number, what: string, hint?: string) {
    super(`line ${line}, column ${column}: ${what}`);
    this.name = 'AsmError';
    this.code = code;
    this.line = line;
    this.column = column;
    this.hint = hint;
  }

  get facts(): Readonly<Record<string, unknown>> {
    return { line: this.line, column: this.column };
  }
}
