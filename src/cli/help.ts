import { COMMANDS, type CommandRow, GLOBAL_OPTIONS, TERMS } from './table.js';

const STATE = `State is kept in the root: SKEP_ROOT, by default skep in the user's state directory. Words may be
abbreviated: 'skep p s' is 'skep prog show'.
`;

/** `  -j, --json  …`, a line for each option. */
function globalOptions(): string {
  const rows = GLOBAL_OPTIONS.map(({ short, name, value, doc }) => {
    const option = `${short === undefined ? '   ' : `-${short},`} --${name}${value === undefined ? '' : ` ${value}`}`;
    return `  ${option.padEnd(27)} ${doc}\n`;
  });
  return `Options:\n${rows.join('')}\n${STATE}`;
}

/** The help of everything, or of the commands of one object. */
export function help(object?: string): string {
  const rows = COMMANDS.filter(({ path }) => object === undefined || path[0] === object);
  const lines = rows.map(
    (row) => `  ${[title(row), row.usage].filter(Boolean).join(' ')}\n      ${row.doc}\n`,
  );
  const text = lines.join('') + optionsOf(rows);
  const words = Object.entries(TERMS).filter(([term]) => rows.some(({ usage }) => usage.includes(term)));
  const terms = words.map(([term, meaning]) => `  ${term} := ${meaning}\n`).join('');
  const head = object === undefined ? 'skep: eBPF end to end\n\n' : '';
  return `${head}Usage: skep [OPTIONS] ${object ?? 'OBJECT'} COMMAND …\n\n${text}\n${terms}${terms && '\n'}${globalOptions()}`;
}

/** One line: how a command is written. */
export function usageOf(row: CommandRow): string {
  const options = (row.options ?? []).map(({ name, value }) => ` [--${name}${value ? ` ${value}` : ''}]`);
  return `Usage: skep ${[title(row), row.usage].filter(Boolean).join(' ')}${options.join('')}`;
}

export function title(row: CommandRow): string {
  const [object, verb] = row.path;
  if (verb === undefined) return object;
  return row.aliases === undefined
    ? `${object} ${verb}`
    : `${object} { ${[verb, ...row.aliases].join(' | ')} }`;
}

function optionsOf(rows: readonly CommandRow[]): string {
  return rows
    .flatMap((row) =>
      (row.options ?? []).map(({ name, value, doc }) => {
        const option = `--${name}${value ? ` ${value}` : ''}`;
        return `      ${row.path[0]} ${option.padEnd(14)} ${doc}\n`;
      }),
    )
    .join('');
}
