import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One program of test/cases/verifier: what it is, and what the kernel says of it. */
export interface VerifierCase {
  readonly name: string;
  readonly hook: string;
  /** What the program is loaded for; the hook's first attach type when absent. */
  readonly attachType?: string;
  /** What a program of a BTF-typed hook is for. */
  readonly target?: string;
  /** Loaded as a program that may sleep. */
  readonly sleepable?: boolean;
  readonly source: string;
  /** Absent until labelled. The kernel's final message; '' when it accepts. */
  readonly verdict?: string;
}

export const CASES_FOLDER = join(
  dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  'test/cases/verifier',
);

const SLEEPABLE = 'sleepable';

/** The case files, without their extension. */
export function caseFiles(): string[] {
  return readdirSync(CASES_FOLDER)
    .filter((name) => name.endsWith('.txt'))
    .map((name) => name.slice(0, -4))
    .sort();
}

/**
 * Reads a file of cases. Each begins with `## NAME` and `hook: HOOK [ATTACH TYPE [TARGET]] [sleepable]`, then the program, indented, then its label:
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
      const words = /^hook: (.+)$/m.exec(part)?.[1]?.split(' ') ?? [];
      const [hook = 'socket_filter', attachType, target] = words.filter((word) => word !== SLEEPABLE);
      const label = lines.find((line) => line.startsWith('=> '));
      const message = lines.filter((line) => line.startsWith('| ')).map((line) => line.slice(2));
      return {
        name: (lines[0] as string).trim(),
        hook,
        ...(attachType === undefined ? {} : { attachType }),
        ...(target === undefined ? {} : { target }),
        ...(words.includes(SLEEPABLE) ? { sleepable: true } : {}),
        source: source.join('\n'),
        ...(label === undefined ? {} : { verdict: label === '=> accepted' ? '' : message.join('\n') }),
      };
    });
}

/** The text of a file of labelled cases. */
export function formatCases(cases: readonly VerifierCase[]): string {
  return cases.map(formatCase).join('\n');
}

function formatCase({ name, hook, attachType, target, sleepable, source, verdict }: VerifierCase): string {
  const program = source
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('');
  const message = (verdict ?? '')
    .split('\n')
    .map((line) => `| ${line}\n`)
    .join('');
  const label = verdict === '' ? '=> accepted\n' : `=> rejected\n${message}`;
  const words = [hook, attachType, target, sleepable === true ? SLEEPABLE : undefined];
  return `## ${name}\nhook: ${words.filter((word) => word !== undefined).join(' ')}\n${program}${label}`;
}
