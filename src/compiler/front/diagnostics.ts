export type Severity = 'fatal error' | 'error' | 'warning' | 'note' | 'remark';

/** One message of clang. */
export interface Diagnostic {
  readonly severity: Severity;
  readonly message: string;
  /** `undefined` for a message about the command line. */
  readonly file: string | undefined;
  /** From 1; 0 when there is no place. */
  readonly line: number;
  /** From 1, in bytes. */
  readonly column: number;
  /** The warning's name, such as `unused-variable` of `-Wunused-variable`. */
  readonly flag: string | undefined;
}

const SEVERITY = '(fatal error|error|warning|note|remark)';
const LOCATED = new RegExp(`^(.+?):(\\d+):(\\d+): ${SEVERITY}: (.*)$`);
const BARE = new RegExp(`^${SEVERITY}: (.*)$`);
const FLAG = /^(.*?) \[(?:-Werror,)?-W([^\],]+)\]$/;

/** Reads clang's text: a line that begins a message has a severity, the lines below show the source. */
export function parseDiagnostics(text: string): Diagnostic[] {
  return text.split('\n').flatMap((line) => {
    const located = LOCATED.exec(line);
    if (located !== null) {
      const [, file, row, column, severity, message] = located;
      return [diagnostic(severity, message, file, Number(row), Number(column))];
    }
    const bare = BARE.exec(line);
    return bare === null ? [] : [diagnostic(bare[1], bare[2], undefined, 0, 0)];
  });
}

function diagnostic(
  severity: string | undefined,
  text: string | undefined,
  file: string | undefined,
  line: number,
  column: number,
): Diagnostic {
  const flagged = FLAG.exec(text ?? '');
  return {
    severity: severity as Severity,
    message: flagged?.[1] ?? text ?? '',
    flag: flagged?.[2],
    file,
    line,
    column,
  };
}
