import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseObject } from '../../../src/object/index.js';
import type { ObjectSpec, ProgramSpec } from '../../../src/object/spec.js';
import type { Capability } from '../../../src/verifier/privileges.js';
import { type VerifyResult, verify } from '../../../src/verifier/verify.js';
import { withCapabilities } from '../../support/capabilities.js';
import { loaderOf } from '../../support/verifier-program.js';
import { lastWords } from '../last-words.js';
import { KernelObject } from './kernel-side.js';
import { verifierProgram } from './our-side.js';
import { type Referee, subjectOf } from './subject.js';

/** How skep's answer to one program compares with the kernel's. */
export const OUTCOMES = [
  'agree',
  'count_differs',
  'message_differs',
  'unsupported',
  'false_reject',
  'false_accept',
  'crash',
  'untried',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Row {
  readonly file: string;
  readonly program: string;
  readonly section: string;
  readonly outcome: Outcome;
  /** The kernel's decision, and ours. */
  readonly accepted?: boolean;
  /** Why it was not tried, what skep lacks, or both messages. */
  readonly ours?: string;
  readonly kernel?: string;
  readonly rule?: string;
  readonly processed?: number;
  readonly kernelProcessed?: number;
  /** Of the verification alone. */
  readonly milliseconds?: number;
  readonly kernelMilliseconds?: number;
}

export interface CompareOptions {
  /** This program alone. */
  readonly only?: string | undefined;
  /** Of programs whose section names none. */
  readonly type?: string | undefined;
  /** Of who loads the programs; all when absent. */
  readonly capabilities?: readonly Capability[] | undefined;
}

/** Compares every program of an object file. Nothing stays loaded. */
export function* compareObject(
  file: string,
  referee: Referee,
  { only, type, capabilities }: CompareOptions = {},
): Generator<Row> {
  let object: ObjectSpec;
  let kernel: KernelObject;
  try {
    object = parseObject(new Uint8Array(readFileSync(file)), { name: basename(file, '.o') });
    kernel = new KernelObject();
  } catch (error) {
    yield { file, program: '', section: '', outcome: 'untried', ours: words(error) };
    return;
  }
  try {
    for (const program of object.programs)
      if (only === undefined || program.name === only)
        yield {
          file,
          program: program.name,
          section: program.section,
          ...compareProgram(
            object,
            type === undefined || program.type !== undefined ? program : { ...program, type },
            kernel,
            referee,
            capabilities,
          ),
        };
  } finally {
    kernel.close();
  }
}

type Verdict = Omit<Row, 'file' | 'program' | 'section'>;

function compareProgram(
  object: ObjectSpec,
  program: ProgramSpec,
  kernel: KernelObject,
  referee: Referee,
  capabilities: CompareOptions['capabilities'],
): Verdict {
  try {
    const subject = subjectOf(object, program, referee);
    const answer =
      capabilities === undefined
        ? kernel.load(subject)
        : withCapabilities(capabilities, () => kernel.load(subject));
    const theirs = {
      kernel: answer.ok ? '' : lastWords(answer.log),
      ...numberIn(answer.log, /processed (\d+) insns/, 'kernelProcessed', 1),
      ...numberIn(answer.log, /verification time (\d+) usec/, 'kernelMilliseconds', 1000),
    };
    if (!answer.ok && theirs.kernel === '')
      return { outcome: 'untried', ...theirs, kernel: 'refused without a word' };
    return {
      accepted: answer.ok,
      ...theirs,
      ...ourSide(
        () =>
          verify(
            {
              ...verifierProgram(subject, referee.btf),
              hasSymbol: (name) => referee.symbol(name) !== undefined,
            },
            { logLevel: 4, cpus: referee.cpus, ...loaderOf({ capabilities }) },
          ),
        answer.ok,
        theirs,
      ),
    };
  } catch (error) {
    return { outcome: 'untried', ours: words(error) };
  }
}

function ourSide(
  ask: () => VerifyResult,
  accepted: boolean,
  theirs: { readonly kernel: string; readonly kernelProcessed?: number },
): Verdict {
  let result: VerifyResult;
  try {
    result = ask();
  } catch (error) {
    const isRefusal = (error as { code?: unknown }).code !== undefined;
    return { outcome: isRefusal ? 'unsupported' : 'crash', ours: words(error) };
  }
  const { processedInsns: processed, milliseconds } = result.stats;
  const common = { processed, milliseconds };
  if (result.ok) {
    const sameCount = theirs.kernelProcessed === processed;
    return { ...common, outcome: !accepted ? 'false_accept' : sameCount ? 'agree' : 'count_differs' };
  }
  const { rule } = result.rejection;
  // What Linux notes on the way is part of its last words.
  const message = lastWords(result.log);
  const told = { ...common, rule, ours: message };
  if (rule === 'unsupported') return { ...told, outcome: 'unsupported' };
  if (accepted) return { ...told, outcome: 'false_reject' };
  if (message !== theirs.kernel) return { ...told, outcome: 'message_differs' };
  return { ...told, outcome: theirs.kernelProcessed === processed ? 'agree' : 'count_differs' };
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function numberIn<Key extends string>(
  log: string,
  pattern: RegExp,
  key: Key,
  unit: number,
): Partial<Record<Key, number>> {
  const found = pattern.exec(log)?.[1];
  return found === undefined ? {} : ({ [key]: Number(found) / unit } as Record<Key, number>);
}
