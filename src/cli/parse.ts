import { COMMANDS, type CommandRow, GLOBAL_OPTIONS, type OptionRow } from './table.js';
import { didYouMean, UsageError } from './usage.js';
import { findWord } from './words.js';

/** A command line, understood as far as all commands have it in common. */
export interface CommandLine {
  readonly json: boolean;
  readonly pretty: boolean;
  readonly showPins: boolean;
  /** -d: say more. */
  readonly debug: boolean;
  /** -n: mount nothing. */
  readonly noMount: boolean;
  readonly kernel: string | undefined;
  readonly wants: { readonly kind: 'version' } | { readonly kind: 'help'; readonly object?: string } | Wanted;
}
export interface Wanted {
  readonly kind: 'command';
  readonly row: CommandRow;
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, string | true>;
}

/** Letters of the options that all commands have. */
const LONG: Readonly<Record<string, string>> = Object.fromEntries(
  GLOBAL_OPTIONS.flatMap(({ name, short }) => (short === undefined ? [] : [[name, short]])),
);
const FLAGS = new Set(Object.values(LONG));

/** @throws {UsageError} */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  return new Parser(argv).parse();
}

class Parser {
  private readonly flags = new Set<string>();
  private readonly options = new Map<string, string | true>();
  private readonly words: string[] = [];
  private readonly argv: readonly string[];
  private kernel: string | undefined;
  private at = 0;

  constructor(argv: readonly string[]) {
    this.argv = argv;
  }

  parse(): CommandLine {
    let row: CommandRow | undefined;
    let isLiteral = false;
    while (this.at < this.argv.length) {
      const arg = this.argv[this.at++]!;
      if (row?.raw) this.words.push(arg);
      else if (arg === '--' && !isLiteral) isLiteral = true;
      else if (isLiteral || arg === '-' || !arg.startsWith('-') || /^-\d/.test(arg)) {
        this.words.push(arg);
        row = rawCommand(this.words);
      } else this.option(arg);
    }
    const pretty = this.flags.has('p');
    return {
      json: pretty || this.flags.has('j'),
      pretty,
      showPins: this.flags.has('f'),
      debug: this.flags.has('d'),
      noMount: this.flags.has('n'),
      kernel: this.kernel,
      wants: this.wants(),
    };
  }

  private wants(): CommandLine['wants'] {
    const { words } = this;
    if (this.flags.has('V')) return { kind: 'version' };
    if (words.length === 0) return { kind: 'help' };
    const object = objectOf(words[0]!);
    if (object === undefined) return { kind: 'help' };
    if (this.flags.has('h') || (words.length === 2 && words[1] === 'help')) return { kind: 'help', object };
    const { row, used } = commandOf(object, words);
    this.checkOptions(row);
    return { kind: 'command', row, words: words.slice(used), options: this.options };
  }

  private option(arg: string): void {
    const [, name = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (name === '') {
      const row = allOptions().find(({ short }) => short === arg[1]);
      if (row !== undefined) this.take(row, arg.length > 2 ? arg.slice(2) : undefined);
      else for (const letter of arg.slice(1)) this.flag(letter, arg);
      return;
    }
    const letter = LONG[name];
    if (letter !== undefined) this.flag(letter, arg);
    else if (name === 'kernel') this.kernel = value ?? this.value(name);
    else {
      const row = allOptions().find((option) => option.name === name);
      if (row === undefined) throw unknown(arg);
      this.take(row, value);
    }
  }

  private take(row: OptionRow, value: string | undefined): void {
    const { name } = row;
    if (row.value === undefined && value !== undefined) throw new UsageError(`--${name} takes no value`);
    this.options.set(name, row.value === undefined ? true : (value ?? this.value(name)));
  }

  private flag(letter: string, arg: string): void {
    if (!FLAGS.has(letter)) throw unknown(arg);
    this.flags.add(letter);
  }

  private value(name: string): string {
    const value = this.argv[this.at++];
    if (value === undefined) throw new UsageError(`--${name} needs a value`);
    return value;
  }

  private checkOptions(row: CommandRow): void {
    for (const name of this.options.keys()) {
      if (!row.options?.some((option) => option.name === name)) {
        throw new UsageError(`'${row.path.join(' ')}' has no option --${name}`);
      }
    }
  }
}

function allOptions(): OptionRow[] {
  return COMMANDS.flatMap(({ options }) => options ?? []);
}

function unknown(arg: string): UsageError {
  const known = [...Object.keys(LONG), 'kernel', ...allOptions().map(({ name }) => name)].map(
    (name) => `--${name}`,
  );
  return new UsageError(`unrecognized option '${arg}'`, didYouMean(arg, known));
}

function rawCommand(words: readonly string[]): CommandRow | undefined {
  const object = findWord(words[0]!, objects());
  return words.length === 1 ? COMMANDS.find(({ path, raw }) => raw && path[0] === object) : undefined;
}

function objects(): string[] {
  return [...new Set(COMMANDS.map(({ path }) => path[0])), 'help'];
}

/** Undefined for `help`. */
function objectOf(word: string): string | undefined {
  const object = findWord(word, objects());
  if (object === undefined)
    throw new UsageError(`there is no command '${word}'`, didYouMean(word, objects()));
  return object === 'help' ? undefined : object;
}

function commandOf(object: string, words: readonly string[]): { row: CommandRow; used: number } {
  const rows = COMMANDS.filter(({ path }) => path[0] === object);
  const only = rows[0]!;
  if (only.path.length === 1) return { row: only, used: 1 };
  const verb = words[1];
  // As in bpftool, an object alone is shown.
  if (verb === undefined) return { row: only, used: 1 };
  const names = rows.flatMap(({ path, aliases }) => [path[1]!, ...(aliases ?? [])]);
  const name = findWord(verb, names);
  if (name === undefined)
    throw new UsageError(`'${object}' has no command '${verb}'`, didYouMean(verb, names));
  const row = rows.find(({ path, aliases }) => path[1] === name || aliases?.includes(name));
  return { row: row!, used: 2 };
}
