import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One program of test/cases/verifier: what it is, and what the kernel says of it. */
export interface VerifierCase {
  readonly name: string;
  readonly hook: string;
  /** What the program is loaded for; the hook's first attach type when absent. */
  readonly attachType?: string;
  readonly source: string;
  /** Absent until labelled. The kernel's final message; '' when it accepts. */
  readonly verdict?: string;
}

export const CASES_FOLDER = join(
  dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  'test/cases/verifier',
);

/** The case files, without their extension. */
export function caseFiles(): string[] {
  return readdirSync(CASES_FOLDER)
    .filter((name) => name.endsWith('.txt'))
    .map((name) => name.slice(0, -4))
    .sort();
}

/**
 * Reads a file of cases. Each begins with `## NAME` and `hook: HOOK [ATTACH TYPE]`, then the program, indented, then its label:
 * `=> accepted`, or `=> rejected` and the kernel's final message, each line behind `| `.
 */
export function readCases(file: string, folder = CASES_FOLDER): VerifierCase[] {
  const text = readFileSync(join(folder, `${file}.txt`), 'utf8');
  return text
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const lines = part.split('\n');
      const source = lines.filter((line) => line.startsWith('    ')).map((line) => line.trim());
      const hook = /^hook: (\w+)(?: (\w+))?$/m.exec(part);
      const label = lines.find((line) => line.startsWith('=> '));
      const message = lines.filter((line) => line.startsWith('| ')).map((line) => line.slice(2));
      return {
        name: (lines[0] as string).trim(),
        hook: hook?.[1] ?? 'socket_filter',
        ...(hook?.[2] === undefined ? {} : { attachType: hook[2] }),
        source: source.join('\n'),
        ...(label === undefined ? {} : { verdict: label === '=> accepted' ? '' : message.join('\n') }),
      };
    });
}

/** The text of a file of labelled cases. */
export function formatCases(cases: readonly VerifierCase[]): string {
  return cases.map(formatCase).join('\n');
}

function formatCase({ name, hook, attachType, source, verdict }: VerifierCase): string {
  const program = source
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('');
  const message = (verdict ?? '')
    .split('\n')
    .map((line) => `| ${line}\n`)
    .join('');
  const label = verdict === '' ? '=> accepted\n' : `=> rejected\n${message}`;
  return `## ${name}\nhook: ${hook}${attachType === undefined ? '' : ` ${attachType}`}\n${program}${label}`;
}
