import { formatInsn } from '../../isa/disasm/index.js';
import { RULES } from '../rules/registry.js';
import type { Rejection, VerifierProgram } from '../verify.js';

/** A rejection for people. */
export interface Explanation {
  readonly rule: string;
  /** The C line, or the instruction when the program has no line information. */
  readonly place: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Linux's message. */
  readonly message: string;
  /** Why the rule exists. */
  readonly why: string;
  /** What makes the program pass. */
  readonly hint: string;
}

/** What a rejection means, as data: the stable JSON form. */
export function explain(
  program: Pick<VerifierProgram, 'insns'>,
  rejection: Rejection,
  helperName?: (id: number) => string | undefined,
): Explanation {
  const { line } = rejection;
  const insn = formatInsn(program.insns, rejection.insn, {
    style: 'verifier',
    ...(helperName === undefined ? {} : { helperName }),
  });
  const source = line !== undefined && line.text !== '';
  return {
    rule: rejection.rule,
    place: source ? line.text : `${rejection.insn}: ${insn}`,
    ...(line === undefined ? {} : { file: line.file, line: line.line, column: line.column }),
    message: rejection.message,
    why: RULES.find(({ id }) => id === rejection.rule)?.explanation ?? '',
    hint: rejection.hint ?? '',
  };
}

/**
 * An explanation as text: the line with a caret, Linux's words, the reason, what to do.
 *
 * @example
 * renderExplanation(explain(program, rejection));
 */
export function renderExplanation(explanation: Explanation): string {
  const { file, line, column, place, message, why, hint, rule } = explanation;
  const where = file === undefined ? '' : `${file}:${line}${column ? `:${column}` : ''}\n`;
  const indent = place.length - place.trimStart().length;
  const caret = file !== undefined && column ? Math.max(column - 1 - indent, 0) : 0;
  const lines = [
    `  ${place.trimStart()}`,
    `  ${' '.repeat(caret)}^`,
    ...message.split('\n'),
    '',
    `${why} [${rule}]`,
    `To pass: ${hint}`,
  ];
  return `${where}${lines.join('\n')}\n`;
}
