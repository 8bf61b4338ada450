import type { CodePlace, Explanation, HistoryLine } from './explanation.js';
import type { Edit } from './patterns/pattern.js';
import { profileTable } from './profile-table.js';

export interface RenderOptions {
  /** ANSI colours, for a terminal. */
  readonly colour?: boolean;
}

/** How a part of the text looks on a terminal: SGR codes. */
const STYLES = { error: '1;31', good: '32', bold: '1', dim: '2', caret: '1;32' } as const;
type Paint = (style: keyof typeof STYLES, text: string) => string;

/**
 * An explanation as text: where, why, what the registers held and where they got it, where the needed fact was lost,
 * and what to change.
 */
export function renderExplanation(explanation: Explanation, { colour = false }: RenderOptions = {}): string {
  const paint: Paint = (style, text) => (colour ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text);
  const sections = [
    head(explanation, paint),
    held(explanation, paint),
    ...explanation.histories.map(({ of, lines }) => history(of, lines, paint)),
    cost(explanation, paint),
    lost(explanation, paint),
    fix(explanation, paint),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** `file:line:column`, as compilers print it; `insn N` without line information. */
export function placeText({ file, line, column, insn }: CodePlace): string {
  if (file === undefined || line === undefined) return `insn ${insn}`;
  return `${file}:${line}${column ? `:${column}` : ''}`;
}

function head({ at, message, why, rule }: Explanation, paint: Paint): string[] {
  const [first, ...more] = message.split('\n');
  const title = `${paint('bold', `${placeText(at)}:`)} ${paint('error', 'rejected:')} ${first} [${rule}]`;
  return [title, ...more.map((line) => `  ${line}`), ...sourceWithCaret(at, paint), why];
}

function sourceWithCaret(at: CodePlace, paint: Paint): string[] {
  const insn = `${at.insn}: ${at.text}`;
  if (at.source === undefined) return [` | ${insn}`, ` | ${paint('caret', '^')}`];
  const number = String(at.line);
  const gutter = ' '.repeat(number.length);
  const source = at.source.replaceAll('\t', ' ');
  const indent = source.length - source.trimStart().length;
  const column = at.column === undefined || at.column === 0 ? indent : Math.max(at.column - 1, indent);
  return [
    ` ${number} | ${source}`,
    ` ${gutter} | ${' '.repeat(column)}${paint('caret', '^')}`,
    ` ${gutter} | ${paint('dim', insn)}`,
  ];
}

function held({ held: values }: Explanation, paint: Paint): string[] {
  if (values.length === 0) return [];
  return values.map(
    ({ holder, value, linux }) => `${paint('bold', holder)} held ${value}  ${paint('dim', linux)}`,
  );
}

function history(of: string, lines: readonly HistoryLine[], paint: Paint): string[] {
  const text: string[] = [`Where ${of} got it:`];
  let last = '';
  for (const line of lines) {
    const place = placeText(line);
    if (place !== last && line.source !== undefined)
      text.push(`  ${place}  ${paint('dim', line.source.trim())}`);
    last = place;
    text.push(`    ${line.insn}: ${line.text}`, `        ${line.holder} ${line.event}: ${line.value}`);
  }
  return text;
}

function cost({ cost: rows }: Explanation, paint: Paint): string[] {
  if (rows === undefined || rows.length === 0) return [];
  return [paint('bold', 'The lines that cost most:'), ...profileTable(rows).trimEnd().split('\n')];
}

function lost({ lost: fact }: Explanation, paint: Paint): string[] {
  if (fact === undefined || fact.text === '') return [];
  const at =
    fact.at?.source === undefined ? [] : [`  ${placeText(fact.at)}  ${paint('dim', fact.at.source.trim())}`];
  return [`${paint('bold', 'What went wrong:')} ${fact.text}`, ...at];
}

function fix({ fix: { text, edit }, docs }: Explanation, paint: Paint): string[] {
  const lines = [`${paint('good', 'To pass:')} ${text}`];
  if (edit !== undefined) lines.push(...editLines(edit, paint));
  return [...lines, paint('dim', `See ${docs}`)];
}

const WHERE = { insert_before: 'before', insert_after: 'after', replace: 'in place of' } as const;

function editLines({ file, line, action, code }: Edit, paint: Paint): string[] {
  return [
    `  ${WHERE[action]} ${file}:${line}`,
    ...code.map((text) => paint('good', `  + ${text.replaceAll('\t', '    ')}`)),
  ];
}
