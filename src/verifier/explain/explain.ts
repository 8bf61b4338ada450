import { checkOnce, helperName } from '../check.js';
import { type StateNames, typeNames } from '../log/state-text.js';
import type { Privileges } from '../privileges.js';
import { RULES } from '../rules/registry.js';
import type { Rejection, VerifierProgram } from '../verify.js';
import {
  type CodePlace,
  EXPLANATION_SCHEMA,
  type Explanation,
  type HeldValue,
  type HistoryLine,
} from './explanation.js';
import { type HistoryEntry, historyOf, insnText, operationOf, type Told, valueBefore } from './history.js';
import { diagnose } from './patterns/index.js';
import { type Case, type Diagnosis, subjectOf } from './patterns/pattern.js';
import { Profile } from './profile.js';
import { lineOf } from './source-line.js';
import { Trace } from './trace.js';
import { valueLinux, valueWords } from './value-words.js';

/** Instructions before a rejection that are remembered; more would not be read by anybody. */
const MAX_TRACED = 200_000;
/** Lines of the cost table of a program that is too complex. */
const COSTLY_LINES = 8;
const COMPLEXITY = new Set(['too-complex', 'too-many-jumps']);

export interface ExplainOptions {
  /** As given to `verify`. */
  readonly budget?: number;
  readonly privileges?: Privileges;
}

/**
 * Why a program was rejected: verifies it once more with somebody watching.
 *
 * @param rejection what `verify` answered for this program and these options.
 * @example
 * const result = verify(program);
 * if (!result.ok) renderExplanation(explain(program, result.rejection, result.stats.processedInsns));
 */
export function explain(
  program: VerifierProgram,
  rejection: Rejection,
  processed = 0,
  options: ExplainOptions = {},
): Explanation {
  const rule = RULES.find(({ id }) => id === rejection.rule);
  const common = {
    schema: EXPLANATION_SCHEMA,
    program: program.name,
    rule: rejection.rule,
    docs: `docs/rules/${rejection.rule}.md`,
    errno: rejection.errno,
    message: rejection.message,
    why: rule?.explanation ?? '',
    at: placeOf(program, rejection.insn),
  } as const;
  const text = rejection.hint ?? rule?.hint ?? '';
  if (COMPLEXITY.has(rejection.rule)) {
    const profile = new Profile(program);
    checkOnce(program, options, profile);
    const cost = profile.rows().slice(0, COSTLY_LINES);
    return { ...common, held: [], histories: [], cost, lost: { text: profile.multiplied() }, fix: { text } };
  }
  const trace = new Trace(Math.max(0, processed - MAX_TRACED));
  checkOnce(program, options, trace);
  const { finish } = trace;
  if (finish === undefined) return { ...common, held: [], histories: [], fix: { text } };
  const names: StateNames = { maps: program.maps, btfTypeName: typeNames(program) };
  const told: Told = { program, trace, finish, names, helperName };
  return { ...common, ...story(told, rejection, text) };
}

function story(
  told: Told,
  rejection: Rejection,
  hint: string,
): Pick<Explanation, 'held' | 'histories' | 'fix'> & Partial<Pick<Explanation, 'lost'>> {
  const c: Case = {
    told,
    rejection,
    end: told.trace.steps.length - 1,
    frame: told.finish.frame,
    operation: operationOf(told, rejection.insn),
  };
  const diagnosis = diagnose(c);
  const subjects = subjectsOf(c, diagnosis);
  const { lost } = diagnosis;
  return {
    held: subjects
      .map(({ step, frame, reg }) => heldAt(told, step, frame, reg))
      .filter((held) => held !== undefined),
    histories: subjects
      .map(({ step, frame, reg }) => ({
        of: `r${reg}`,
        lines: historyOf(told, step, frame, reg).map((entry) => historyLine(told, entry)),
      }))
      .filter(({ lines }) => lines.length > 0),
    ...(lost === undefined
      ? {}
      : {
          lost: {
            text: lost.text,
            ...(lost.insn === undefined ? {} : { at: placeOf(told.program, lost.insn) }),
          },
        }),
    fix: { text: diagnosis.fix ?? hint, ...(diagnosis.edit === undefined ? {} : { edit: diagnosis.edit }) },
  };
}

interface Subject {
  readonly step: number;
  readonly frame: number;
  readonly reg: number;
}

function subjectsOf(c: Case, diagnosis: Diagnosis): Subject[] {
  const named = subjectOf(c);
  const first = named === undefined || named > 9 ? [] : [{ step: c.end, frame: c.frame, reg: named }];
  return [...first, ...(diagnosis.alsoOf ?? [])];
}

function heldAt(told: Told, step: number, frame: number, reg: number): HeldValue | undefined {
  const value = valueBefore(told, step, frame, reg);
  if (value === undefined) return undefined;
  return { holder: `r${reg}`, value: valueWords(value, told.names), linux: valueLinux(value, told.names) };
}

function historyLine(told: Told, entry: HistoryEntry): HistoryLine {
  return {
    ...placeOf(told.program, entry.insn),
    holder: entry.holder,
    kind: entry.kind,
    event: entry.text,
    value: valueWords(entry.value, told.names),
    linux: valueLinux(entry.value, told.names),
  };
}

/** An instruction with its C line. */
export function placeOf(program: VerifierProgram, insn: number): CodePlace {
  const line = lineOf(program, insn);
  return {
    insn,
    text: program.insns[insn] === undefined ? '' : insnText({ program, helperName }, insn),
    ...(line === undefined ? {} : { file: line.file, line: line.line, column: line.column }),
    ...(line === undefined || line.text === '' ? {} : { source: line.text }),
  };
}
