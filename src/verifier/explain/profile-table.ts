import type { ProfileRow } from './profile.js';

const HEAD = ['insns', 'share', 'visits', 'forks', 'states', 'pruned', 'ms', 'line'] as const;

/** The rows as columns of text, one line each, with a head. */
export function profileTable(rows: readonly ProfileRow[]): string {
  const cells = rows.map((row) => [
    String(row.processed),
    `${(row.share * 100).toFixed(1)}%`,
    String(row.visits),
    String(row.forks),
    String(row.states),
    String(row.pruned),
    row.milliseconds.toFixed(2),
    `${row.file === undefined ? `insn ${row.insn}` : `${row.file}:${row.line}`}${row.source === undefined ? '' : `  ${row.source}`}`,
  ]);
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => (row[column] as string).length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === HEAD.length - 1 ? cell : cell.padStart(widths[column] as number)))
      .join('  ');
  return [line(HEAD), ...cells.map(line)].map((text) => `${text}\n`).join('');
}
