// Writes completions/ (bash, zsh, fish) and man/ from the command table: `npm run generate`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { title } from '../src/cli/help.js';
import { COMMANDS, type CommandRow, GLOBAL_OPTIONS, type OptionRow, TERMS } from '../src/cli/table.js';

const objects = [...new Set(COMMANDS.map(({ path }) => path[0]))];
const rowsOf = (object: string): readonly CommandRow[] => COMMANDS.filter(({ path }) => path[0] === object);
const verbsOf = (object: string): string[] =>
  rowsOf(object).flatMap(({ path, aliases = [] }) => (path[1] === undefined ? [] : [path[1], ...aliases]));

/** What a command line of a row may say literally: the words in small letters, with those that terms stand for. */
function wordsOf({ usage, options = [] }: CommandRow): string[] {
  let text = usage;
  // Terms name other terms.
  for (let round = 0; round < 3; round++)
    for (const [term, meaning] of Object.entries(TERMS))
      text = text.replace(new RegExp(`\\b${term}\\b`, 'g'), meaning);
  const words = text.match(/(?<![\w/.=<-])[a-z][a-z0-9_]*(?![\w/.=-])/g) ?? [];
  const flags = [...(usage.match(/(?<!\w)--?[a-z][\w-]*/g) ?? []), ...options.map(({ name }) => `--${name}`)];
  return [...new Set([...words, ...flags])];
}

const globals = GLOBAL_OPTIONS.map(({ name }) => `--${name}`);
const GENERATED = 'Generated from the command table by gen/completions.ts; do not edit.';

function bash(): string {
  const verbs = objects.map((object) => `    ${object}) words="${verbsOf(object).join(' ')}" ;;`);
  const rest = COMMANDS.map((row) => {
    const [object, verb] = row.path;
    const names =
      verb === undefined ? [object] : [verb, ...(row.aliases ?? [])].map((name) => `${object}\\ ${name}`);
    return `    ${names.join('|')}) words="${wordsOf(row).join(' ')}" ;;`;
  });
  return `# ${GENERATED}
_skep() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words="" before=() word skip=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [ -n "$skip" ]; then skip=""; elif [ "$word" = --kernel ]; then skip=1
    elif [[ "$word" != -* ]]; then before+=("$word"); fi
  done
  if [ -n "$skip" ]; then COMPREPLY=($(compgen -W "engine linux" -- "$current")); return; fi
  if [ "\${#before[@]}" = 0 ]; then words="${objects.join(' ')} help ${globals.join(' ')}"
  elif [ "\${#before[@]}" = 1 ]; then case "\${before[0]}" in
${verbs.filter((line) => !line.includes('words=""')).join('\n')}
  esac; fi
  if [ -z "$words" ]; then case "\${before[0]} \${before[1]}" in
${rest.filter((line) => / [^|]*\\ /.test(line)).join('\n')}
    *) case "\${before[0]}" in
${rest.filter((line) => !/ [^|]*\\ /.test(line)).join('\n')}
    esac ;;
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}
complete -o filenames -F _skep skep
`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const described = (name: string, doc: string): string => quoted(`${name}:${doc.replaceAll(':', '\\:')}`);

function zsh(): string {
  const verbs = objects.map((object) => {
    const rows = rowsOf(object).flatMap(({ path, aliases = [], doc }) =>
      path[1] === undefined ? [] : [path[1], ...aliases].map((name) => described(name, doc)),
    );
    return rows.length === 0 ? '' : `      ${object}) commands=(${rows.join(' ')}) ;;\n`;
  });
  const rest = COMMANDS.map((row) => {
    const [object, verb] = row.path;
    const names =
      verb === undefined
        ? [`${object}\\ *`]
        : [verb, ...(row.aliases ?? [])].map((name) => `${object}\\ ${name}`);
    return `    ${names.join('|')}) compadd -- ${wordsOf(row).join(' ')}; _files ;;\n`;
  });
  return `#compdef skep
# ${GENERATED}
local -a before commands
before=(\${\${words[2,CURRENT-1]}:#-*})
if [[ \${words[CURRENT-1]} == --kernel ]]; then compadd engine linux; return; fi
before=(\${before:#(engine|linux)})
case \${#before} in
  0)
    commands=(${objects.map((object) => described(object, docOf(object))).join(' ')})
    _describe command commands
    compadd -- ${globals.join(' ')}
    return ;;
  1)
    case \${before[1]} in
${verbs.join('')}    esac
    if (( \${#commands} )); then _describe command commands; return; fi ;;
esac
case "\${before[1]} \${before[2]}" in
${rest.join('')}    *) _files ;;
esac
`;
}

/** Of an object: what its first command does. */
function docOf(object: string): string {
  const [first, second] = rowsOf(object);
  return second === undefined ? (first?.doc ?? '') : `${verbsOf(object).join(', ')}`;
}

function fish(): string {
  const lines = [`# ${GENERATED}`];
  for (const { short, name, value, doc } of GLOBAL_OPTIONS) {
    const letter = short === undefined ? '' : ` -s ${short}`;
    const values = value === undefined ? '' : ` -x -a ${quoted(value.replaceAll('|', ' '))}`;
    lines.push(`complete -c skep${letter} -l ${name}${values} -d ${quoted(doc)}`);
  }
  for (const object of objects) {
    lines.push(`complete -c skep -f -n __fish_use_subcommand -a ${object} -d ${quoted(docOf(object))}`);
    const verbs = verbsOf(object);
    const seen = `__fish_seen_subcommand_from ${object}`;
    for (const { path, aliases = [], doc } of rowsOf(object)) {
      if (path[1] === undefined) continue;
      const none = `not __fish_seen_subcommand_from ${verbs.join(' ')}`;
      for (const name of [path[1], ...aliases])
        lines.push(`complete -c skep -f -n ${quoted(`${seen}; and ${none}`)} -a ${name} -d ${quoted(doc)}`);
    }
    for (const row of rowsOf(object)) {
      const [, verb] = row.path;
      const when =
        verb === undefined
          ? seen
          : `${seen}; and __fish_seen_subcommand_from ${[verb, ...(row.aliases ?? [])].join(' ')}`;
      const words = wordsOf(row);
      if (words.length > 0) lines.push(`complete -c skep -n ${quoted(when)} -a ${quoted(words.join(' '))}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Text for roff: backslashes and hyphens are written, and no line begins with a control character. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');
}

function optionRows(options: readonly OptionRow[]): string {
  return options
    .map(({ short, name, value, doc }) => {
      const option = `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
      return `.TP\n.B ${roff(option)}\n${roff(doc)}\n`;
    })
    .join('');
}

function commandRows(rows: readonly CommandRow[]): string {
  return rows
    .map((row) => {
      const own = row.options === undefined ? '' : `.RS\n${optionRows(row.options)}.RE\n`;
      return `.TP\n.B ${roff(`skep ${title(row)}`)}\n.I ${roff(row.usage)}\n.br\n${roff(row.doc)}\n${own}`.replace(
        '.I \n',
        '',
      );
    })
    .join('');
}

function terms(rows: readonly CommandRow[]): string {
  const used = Object.entries(TERMS).filter(([term]) => rows.some(({ usage }) => usage.includes(term)));
  if (used.length === 0) return '';
  return `.SH WORDS\n${used.map(([term, meaning]) => `.TP\n.I ${roff(term)}\n${roff(meaning)}\n`).join('')}`;
}

function manPage(name: string, about: string, body: string): string {
  return `.\\" ${GENERATED}
.TH ${name.toUpperCase()} 1 "" skep "skep"
.SH NAME
${roff(name)} \\- ${roff(about)}
${body}`;
}

const pages = objects.map((object) => {
  const rows = rowsOf(object);
  const body = `.SH SYNOPSIS\n.B skep\n[OPTIONS] ${object}${rows[0]?.path[1] === undefined ? '' : ' COMMAND'} ...\n.SH COMMANDS\n${commandRows(rows)}${terms(rows)}.SH OPTIONS\n${optionRows(GLOBAL_OPTIONS)}.SH SEE ALSO\n.BR skep (1)\n`;
  return { name: `skep-${object}`, text: manPage(`skep-${object}`, docOf(object), body) };
});
const main = manPage(
  'skep',
  'eBPF end to end: compile, verify, run and load BPF programs',
  `.SH SYNOPSIS\n.B skep\n[OPTIONS] OBJECT COMMAND ...\n.SH COMMANDS\n${commandRows(COMMANDS)}${terms(COMMANDS)}.SH OPTIONS\n${optionRows(GLOBAL_OPTIONS)}.SH ENVIRONMENT\n.TP\n.B SKEP_KERNEL\n${roff('engine or linux, as --kernel')}\n.TP\n.B SKEP_ROOT\n${roff('the folder in which the engine keeps its state')}\n.SH EXIT STATUS\n${roff('0, 1 when a command failed, 2 when it made no sense.')}\n.SH SEE ALSO\n${pages.map(({ name }) => `.BR ${roff(name)} (1)`).join(',\n')}\n`,
);

for (const folder of ['completions', 'man']) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
}
writeFileSync('completions/skep.bash', bash());
writeFileSync('completions/_skep', zsh());
writeFileSync('completions/skep.fish', fish());
writeFileSync('man/skep.1', main);
for (const { name, text } of pages) writeFileSync(`man/${name}.1`, text);
