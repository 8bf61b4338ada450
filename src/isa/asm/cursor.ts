import { AsmError } from './error.js';

/** A place in one line of text. Patterns must be sticky; white space before them is skipped. */
export class Cursor {
  readonly text: string;
  readonly line: number;
  at: number;

  constructor(text: string, line: number, at = 0) {
    this.text = text;
    this.line = line;
    this.at = at;
  }

  /** The match at this place, which is then behind the cursor; undefined when there is none. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    this.skipSpace();
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match;
  }

  /** As `take`, without moving. */
  peek(pattern: RegExp): RegExpExecArray | undefined {
    const before = this.at;
    const match = this.take(pattern);
    this.at = before;
    return match;
  }

  expect(pattern: RegExp, what: string): RegExpExecArray {
    const match = this.take(pattern);
    if (match === undefined) throw this.expected(what);
    return match;
  }

  expected(what: string): AsmError {
    this.skipSpace();
    const found = /\S+/y;
    found.lastIndex = this.at;
    const word = found.exec(this.text)?.[0];
    return this.fail(`${what} expected, ${word === undefined ? 'the line ends here' : `found "${word}"`}`);
  }

  fail(what: string, code: AsmError['code'] = 'ASM_SYNTAX', hint?: string): AsmError {
    this.skipSpace();
    return new AsmError(code, this.line, this.at + 1, what, hint);
  }

  get atEnd(): boolean {
    this.skipSpace();
    return this.at >= this.text.length;
  }

  private skipSpace(): void {
    while (this.at < this.text.length && /\s/.test(this.text[this.at] as string)) this.at++;
  }
}
