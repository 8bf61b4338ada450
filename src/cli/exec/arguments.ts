import { SkepError } from '../../errors/base.js';

/** What `skep exec` was asked to do. */
export interface ExecArguments {
  readonly engine: 'jit' | 'interpreter';
  readonly budget: number;
  readonly elf: boolean;
  readonly help: boolean;
  readonly memory: Uint8Array;
  /** The program's hex from `--program`; else it is on stdin. */
  readonly program: string | undefined;
}

/** Default of `--budget`: instructions. */
export const DEFAULT_BUDGET = 10_000_000;

export const EXEC_USAGE = `Usage: skep exec [MEMORY-HEX] [--engine jit|interpreter] [--budget N] [--elf] [--program HEX]

Runs BPF bytecode, unverified, in a sandbox and prints r0 in hex.
The program is read as hex from standard input, or taken from --program.

  MEMORY-HEX             bytes that r1 points to; r2 is their number
  --engine ENGINE        jit (default) or interpreter
  --budget N             stop after N instructions (default ${DEFAULT_BUDGET})
  --elf                  the program is an ELF object (hex or binary): its first program is run
  --program HEX          the program, instead of standard input

It is a plug-in for the bpf_conformance runner; so is the command skep-conformance, which takes the same arguments.
`;

/** @throws {SkepError} `USAGE` */
export function parseArguments(argv: readonly string[]): ExecArguments {
  const parsed = {
    engine: 'jit' as ExecArguments['engine'],
    budget: DEFAULT_BUDGET,
    elf: false,
    help: false,
    memory: new Uint8Array(0),
    program: undefined as string | undefined,
  };
  let memorySeen = false;
  const rest = argv.flatMap((arg) => (/^--[a-z]+=/.test(arg) ? splitOnce(arg) : [arg]));
  while (rest.length > 0) {
    const arg = rest.shift() as string;
    if (arg === '--elf') parsed.elf = true;
    else if (arg === '--help' || arg === '-h') parsed.help = true;
    else if (arg === '--engine') parsed.engine = engineOf(valueAfter(rest, arg));
    else if (arg === '--budget') parsed.budget = budgetOf(valueAfter(rest, arg));
    else if (arg === '--program') parsed.program = valueAfter(rest, arg);
    else if (arg.startsWith('-')) throw usage(`exec has no option "${arg}"`);
    else if (memorySeen) throw usage('exec takes one argument: the memory in hex');
    else if (arg.trim() !== '') {
      parsed.memory = parseHex(arg, 'the memory');
      memorySeen = true;
    }
  }
  return parsed;
}

function splitOnce(arg: string): string[] {
  const at = arg.indexOf('=');
  return [arg.slice(0, at), arg.slice(at + 1)];
}

function valueAfter(rest: string[], option: string): string {
  const value = rest.shift();
  if (value === undefined) throw usage(`${option} needs a value`);
  return value;
}

function engineOf(word: string): ExecArguments['engine'] {
  if (word !== 'jit' && word !== 'interpreter')
    throw usage(`there is no engine "${word}"; jit and interpreter are`);
  return word;
}

function budgetOf(word: string): number {
  const budget = Number(word);
  if (!/^\d+$/.test(word) || !Number.isSafeInteger(budget) || budget === 0)
    throw usage(`"${word}" is no budget: a whole number of instructions is needed`);
  return budget;
}

function usage(what: string): SkepError {
  return new SkepError('USAGE', what, { hint: 'see skep exec --help' });
}

/**
 * Bytes written as pairs of hex digits with white space anywhere between the pairs.
 * @throws {SkepError} `EXEC_INPUT`
 */
export function parseHex(text: string, what: string): Uint8Array<ArrayBuffer> {
  const digits = text.replace(/\s+/g, '');
  const bad = digits.search(/[^0-9a-f]/i);
  if (bad >= 0) {
    throw new SkepError('EXEC_INPUT', `"${digits[bad]}" in ${what} is no hex digit`, { facts: { at: bad } });
  }
  if (digits.length % 2 !== 0)
    throw new SkepError('EXEC_INPUT', `${what} has ${digits.length} hex digits, which are no whole bytes`);
  const bytes = new Uint8Array(digits.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16);
  }
  return bytes;
}
