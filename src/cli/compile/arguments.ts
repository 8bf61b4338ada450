import type { BpfCpu } from '../../compiler/front/front.js';
import { didYouMean, UsageError } from '../usage.js';
import { compilerFlags } from './driver-flags.js';

const EMITS = ['object', 'bitcode', 'asm', 'btf'] as const;
const CPUS: readonly string[] = ['v1', 'v2', 'v3', 'v4', 'generic'];

/** `skep compile`'s command line, in clang's spellings. */
export interface CompileArguments {
  readonly source: string;
  readonly output: string | undefined;
  readonly includeDirs: readonly string[];
  /** `-isystem`: warnings in them are not shown. */
  readonly quietDirs: readonly string[];
  /** `-idirafter`: after all others. */
  readonly lastDirs: readonly string[];
  /** `-include`: files that are read before the source. */
  readonly forced: readonly string[];
  readonly defines: readonly string[];
  /** Flags that clang takes as they are. */
  readonly flags: readonly string[];
  readonly cpu: BpfCpu;
  readonly endian: 'little' | 'big';
  readonly debugInfo: boolean;
  readonly emit: (typeof EMITS)[number];
  /** Where to list the files that the object depends on. */
  readonly dependencies: string | true | undefined;
  /** What the list says depends on them; the output unless said. */
  readonly dependencyTarget: string | undefined;
  /** Whether the list has the headers of the system too: `-MD`. */
  readonly allDependencies: boolean;
  /** A native clang to run instead. */
  readonly clang: string | undefined;
  readonly btf: string | undefined;
  /** Compile again whenever a file changes. */
  readonly watch: boolean;
  /** All words, for a native clang. */
  readonly words: readonly string[];
}

type Mutable = { -readonly [Key in keyof CompileArguments]: CompileArguments[Key] };

/** Options with a value that may stand in the next word. */
const WITH_VALUE: Readonly<Record<string, (args: Mutable, value: string) => void>> = {
  '-o': (args, value) => {
    args.output = value;
  },
  '-I': (args, value) => {
    args.includeDirs = [...args.includeDirs, folder(value)];
  },
  '-iquote': (args, value) => {
    args.includeDirs = [...args.includeDirs, folder(value)];
  },
  '-isystem': (args, value) => {
    args.quietDirs = [...args.quietDirs, folder(value)];
  },
  '-idirafter': (args, value) => {
    args.lastDirs = [...args.lastDirs, folder(value)];
  },
  '-D': (args, value) => {
    args.defines = [...args.defines, value];
  },
  '-U': (args, value) => {
    args.flags = [...args.flags, `-U${value}`];
  },
  '-include': (args, value) => {
    args.forced = [...args.forced, value];
  },
  '-MF': (args, value) => {
    args.dependencies = value;
  },
  '-MT': (args, value) => {
    args.dependencyTarget = value;
  },
  '-MQ': (args, value) => {
    args.dependencyTarget = value;
  },
  '-Xclang': (args, value) => {
    args.flags = [...args.flags, value];
  },
  '-x': (_, value) => {
    if (value !== 'c') throw new UsageError(`-x ${value} is not C`, { hint: 'only C is compiled' });
  },
  '--clang': (args, value) => {
    args.clang = value === 'bundled' ? undefined : value;
  },
  '--btf': (args, value) => {
    args.btf = value;
  },
  '--emit': (args, value) => {
    const emit = EMITS.find((name) => name === value);
    if (emit === undefined) throw new UsageError(`--emit ${value} is unknown`, didYouMean(value, EMITS));
    args.emit = emit;
  },
  '-target': target,
};

function folder(value: string): string {
  return value.replace(/(.)\/+$/, '$1');
}

/** @throws UsageError for options that are unknown or lack their value */
export function parseCompileArguments(words: readonly string[]): CompileArguments {
  const args: Mutable = {
    source: '',
    output: undefined,
    includeDirs: [],
    quietDirs: [],
    lastDirs: [],
    forced: [],
    defines: [],
    flags: [],
    cpu: 'v3',
    endian: 'little',
    debugInfo: true,
    emit: 'object',
    dependencies: undefined,
    dependencyTarget: undefined,
    allDependencies: false,
    clang: undefined,
    btf: undefined,
    watch: false,
    words,
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const option = Object.keys(WITH_VALUE).find(
      (name) => word === name || (word.startsWith(name) && isJoined(name, word)),
    );
    if (option !== undefined) {
      const joined = word.slice(option.length).replace(/^=/, '');
      const value = joined === '' ? words[++at] : joined;
      if (value === undefined) throw new UsageError(`${option} needs a value`);
      WITH_VALUE[option]?.(args, value);
    } else single(args, word);
  }
  if (args.source === '') throw new UsageError('expected a C source, but the command ends here');
  return args;
}

/** `-Idir` and `--emit=bitcode` are joined; `-output` is no `-o`. */
function isJoined(name: string, word: string): boolean {
  return /^-([IDUx]|MF|MT|MQ|isystem|iquote|idirafter)$/.test(name) || word.startsWith(`${name}=`);
}

function single(args: Mutable, word: string): void {
  const flags = compilerFlags(word);
  if (word.startsWith('-mcpu=')) {
    const cpu = word.slice(6);
    if (!CPUS.includes(cpu)) throw new UsageError(`-mcpu=${cpu} is unknown`, didYouMean(cpu, CPUS));
    args.cpu = cpu === 'generic' ? 'v1' : (cpu as BpfCpu);
  } else if (word.startsWith('--target=')) target(args, word.slice(9));
  else if (/^-g(0|[123]|gdb[0-3]?|dwarf.*)?$/.test(word)) args.debugInfo = word !== '-g0';
  else if (word === '-mbig-endian') args.endian = 'big';
  else if (word === '--watch') args.watch = true;
  else if (word === '-MMD' || word === '-MD') {
    args.dependencies ??= true;
    args.allDependencies = word === '-MD';
  } else if (word === '-emit-llvm') args.emit = 'bitcode';
  else if (word === '-S') args.emit = 'asm';
  else if (flags !== undefined) args.flags = [...args.flags, ...flags];
  else if (word.startsWith('-'))
    throw new UsageError(`option ${word} is unknown`, { hint: 'see skep compile --help' });
  else if (args.source !== '')
    throw new UsageError(`'${word}' is a second source; one is compiled at a time`);
  else args.source = word;
}

function target(args: Mutable, value: string): void {
  if (!/^bpf(el|eb)?(-|$)/.test(value))
    throw new UsageError(`target ${value} is not BPF`, { hint: 'use bpf, bpfel or bpfeb' });
  args.endian = value.startsWith('bpfeb') ? 'big' : 'little';
}
