import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StructOpsMember } from '../../src/object/spec.js';
import type { Capability } from '../../src/verifier/privileges.js';

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
  /** The member of a kernel struct that it implements. */
  readonly structOps?: StructOpsMember;
  readonly source: string;
  /** Absent until labelled. The kernel's final message; '' when it accepts. */
  readonly verdict?: string;
  /** Who else loads it, with the verdict for them. */
  readonly loaders?: Readonly<Partial<Record<Loader, string>>>;
}

/** Others than root: with CAP_BPF and CAP_NET_ADMIN but without CAP_PERFMON, and without any capability. */
export const LOADERS = { bpf: ['bpf', 'net_admin'], nobody: [] } as const satisfies Readonly<
  Record<string, readonly Capability[]>
>;
export type Loader = keyof typeof LOADERS;

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
 * Reads a file of cases. Each begins with `## NAME` and `hook: HOOK [ATTACH TYPE [TARGET]] [sleepable]` or `hook: struct_ops
 * STRUCT.MEMBER [sleepable]`, then the program, indented, then its label:
 * `=> accepted`, or `=> rejected` and the kernel's final message, each line behind `| `. A line `loaders: bpf nobody` asks
 * for their verdicts as well: `=> bpf: accepted`.
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
      const [hook = 'socket_filter', second, target] = words.filter((word) => word !== SLEEPABLE);
      const [struct = '', member] = second?.split('.') ?? [];
      const attachType = member === undefined ? second : undefined;
      const verdicts = new Map(part.split(/^=> /m).slice(1).map(readLabel));
      const verdict = verdicts.get('');
      const others = /^loaders: (.+)$/m.exec(part)?.[1]?.split(' ') ?? [];
      return {
        name: (lines[0] as string).trim(),
        hook,
        ...(attachType === undefined ? {} : { attachType }),
        ...(target === undefined ? {} : { target }),
        ...(member === undefined ? {} : { structOps: { struct, member } }),
        ...(words.includes(SLEEPABLE) ? { sleepable: true } : {}),
        source: source.join('\n'),
        ...(verdict === undefined ? {} : { verdict }),
        ...(others.length === 0
          ? {}
          : { loaders: Object.fromEntries(others.map((name) => [name, verdicts.get(name) ?? ''])) }),
      };
    });
}

/** `[LOADER: ]accepted`, or `rejected` and the message. */
function readLabel(text: string): [loader: string, verdict: string] {
  const [first = '', ...lines] = text.split('\n');
  const message = lines.filter((line) => line.startsWith('| ')).map((line) => line.slice(2));
  return [/^(\w+): /.exec(first)?.[1] ?? '', message.join('\n')];
}

/** The text of a file of labelled cases. */
export function formatCases(cases: readonly VerifierCase[]): string {
  return cases.map(formatCase).join('\n');
}

function formatCase(each: VerifierCase): string {
  const { name, hook, attachType, target, structOps, sleepable, source, verdict = '', loaders = {} } = each;
  const program = source
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('');
  const others = Object.keys(loaders);
  const asked = others.length === 0 ? '' : `loaders: ${others.join(' ')}\n`;
  const labels = [
    formatLabel('', verdict),
    ...Object.entries(loaders).map(([loader, answer]) => formatLabel(`${loader}: `, answer)),
  ];
  const member = structOps === undefined ? undefined : `${structOps.struct}.${structOps.member}`;
  const words = [hook, member, attachType, target, sleepable === true ? SLEEPABLE : undefined];
  return `## ${name}\nhook: ${words.filter((word) => word !== undefined).join(' ')}\n${asked}${program}${labels.join('')}`;
}

function formatLabel(loader: string, verdict: string): string {
  if (verdict === '') return `=> ${loader}accepted\n`;
  return `=> ${loader}rejected\n${verdict.replace(/^/gm, '| ')}\n`;
}
