import type { Btf } from '../btf/types.js';
import { compileBitcode } from './back-end.js';
import type { Diagnostic } from './front/diagnostics.js';
import type { BpfCpu, FrontEnd } from './front/front.js';
import { collectSources, type SourceReader } from './front/sources.js';
import { fixedHeader, HEADER_FOLDER, hasHeader, typeHeaders } from './headers/headers.js';
import { SourceProblem } from './problem.js';

/** What to compile, and how; the names are those of clang's options. */
export interface CompileOptions {
  /** `-I`, in order; before skep's own headers. */
  readonly includeDirs?: readonly string[];
  /** `-isystem`, after those; their warnings are not shown. */
  readonly quietDirs?: readonly string[];
  /** `-include`: files that are read before the source, in order. */
  readonly forced?: readonly string[];
  /** Where headers are that neither the source nor skep has, such as `/usr/include`. */
  readonly systemDirs?: readonly string[];
  /** `-D`: `NAME` or `NAME=value`. */
  readonly defines?: readonly string[];
  /** Which instructions the program may use; `v3` unless said. */
  readonly cpu?: BpfCpu;
  /** `-g`: BTF; yes unless said. */
  readonly debugInfo?: boolean;
  readonly endian?: 'little' | 'big';
  /** Further flags of clang: `-W…`, `-U…`, `-std=…`. */
  readonly flags?: readonly string[];
  /** The folder that relative paths are in, for the debug information. */
  readonly directory?: string;
  /** The kernel's types, of which `vmlinux.h` and `linux/*.h` are made. */
  readonly btf: () => Promise<Btf>;
}

export interface Compiled {
  /** The object, when there are no errors. */
  readonly object: Uint8Array | undefined;
  /** LLVM bitcode as clang left it, when there are no errors in the C. */
  readonly bitcode: Uint8Array | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** The diagnostics as clang prints them. */
  readonly text: string;
  /** Every file that was read, the source first. */
  readonly dependencies: readonly string[];
  /** Those of them that came from `-isystem` and the system's folders. */
  readonly systemDependencies: readonly string[];
}

/**
 * Compiles one C source to a BPF object, with the headers that skep carries or the source's own.
 *
 * @throws SkepError `COMPILE_*` when clang is not there, or fails itself
 */
export async function compileSource(
  source: string,
  read: SourceReader,
  front: FrontEnd,
  options: CompileOptions,
): Promise<Compiled> {
  front.prepare();
  const quiet = options.quietDirs ?? [];
  const forced = options.forced ?? [];
  const dirs = {
    include: [...(options.includeDirs ?? []), ...quiet],
    system: options.systemDirs ?? [],
    ownFolder: HEADER_FOLDER,
  };
  const sources = collectSources([source, ...forced], read, dirs, fixedHeader);
  const dependencies = Object.keys(sources.files).filter((path) => !path.startsWith(HEADER_FOLDER));
  const systemFolders = [...quiet, ...dirs.system];
  const systemDependencies = dependencies.filter((path) =>
    systemFolders.some((folder) => path.startsWith(`${folder}/`)),
  );
  const files = { ...sources.files };
  if ([...sources.missing].some(hasHeader)) {
    const made = typeHeaders(await options.btf(), sources);
    for (const [name, text] of Object.entries(made))
      files[`${HEADER_FOLDER}/${name}`] = new TextEncoder().encode(text);
  }
  const { bitcode, diagnostics, text } = await front.compile({
    source,
    files,
    includeDirs: options.includeDirs ?? [],
    systemDirs: [...quiet, HEADER_FOLDER, ...dirs.system],
    flags: [...forced.flatMap((file) => ['-include', file]), ...(options.flags ?? [])],
    ...(options.defines === undefined ? {} : { defines: options.defines }),
    ...(options.cpu === undefined ? {} : { cpu: options.cpu }),
    ...(options.endian === undefined ? {} : { endian: options.endian }),
    ...(options.debugInfo === undefined ? {} : { debugInfo: options.debugInfo }),
    ...(options.directory === undefined ? {} : { directory: options.directory }),
  });
  const common = { bitcode, diagnostics, text, dependencies, systemDependencies };
  if (bitcode === undefined) return { ...common, object: undefined };
  return generate(common, bitcode, source, new SourceText(files, options.directory ?? '/'), options);
}

/**
 * Compiles LLVM bitcode that another front end made (`clang -emit-llvm`) to a BPF object.
 *
 * @param source the bitcode's file, for messages
 */
export function compileIntermediate(
  source: string,
  bitcode: Uint8Array,
  options: Pick<CompileOptions, 'cpu' | 'directory'> = {},
): Compiled {
  const common = {
    bitcode,
    diagnostics: [],
    text: '',
    dependencies: [source],
    systemDependencies: [],
  };
  return generate(common, bitcode, source, new SourceText({}, options.directory ?? '/'), options);
}

function generate(
  common: Omit<Compiled, 'object'>,
  bitcode: Uint8Array,
  source: string,
  lines: SourceText,
  { cpu = 'v3' }: Pick<CompileOptions, 'cpu'>,
): Compiled {
  try {
    const sourceLines = (path: string, line: number) => lines.line(path, line);
    return { ...common, object: compileBitcode(bitcode, { cpu, sourceLines }) };
  } catch (error) {
    if (!(error instanceof SourceProblem)) throw error;
    const problem = lines.problem(error, source);
    return {
      ...common,
      object: undefined,
      diagnostics: [...common.diagnostics, problem.diagnostic],
      text: `${common.text}${problem.text}`,
    };
  }
}

/** The lines of the files of one compilation. */
class SourceText {
  readonly #files: Readonly<Record<string, Uint8Array>>;
  readonly #directory: string;
  readonly #lines = new Map<string, readonly string[]>();

  constructor(files: Readonly<Record<string, Uint8Array>>, directory: string) {
    this.#files = files;
    this.#directory = directory.replace(/\/$/, '');
  }

  line(path: string, line: number): string {
    let lines = this.#lines.get(path);
    if (lines === undefined) {
      const bytes = this.#files[path] ?? this.#files[this.#relative(path)];
      lines = new TextDecoder().decode(bytes ?? new Uint8Array()).split('\n');
      this.#lines.set(path, lines);
    }
    return lines[line - 1] ?? '';
  }

  #relative(path: string): string {
    return path.startsWith(`${this.#directory}/`) ? path.slice(this.#directory.length + 1) : path;
  }

  /** A problem found after clang, in clang's form. */
  problem(error: SourceProblem, source: string): { readonly diagnostic: Diagnostic; readonly text: string } {
    const { location, message, hint, file: path } = error;
    const file = path === undefined ? source : this.#relative(path);
    const line = location?.line ?? 0;
    const column = location?.column ?? 0;
    const place = line > 0 ? `${file}:${line}:${Math.max(column, 1)}: ` : `${file}: `;
    const quoted = line > 0 ? this.line(path ?? source, line) : '';
    const shown =
      quoted === ''
        ? ''
        : `${String(line).padStart(5)} | ${quoted}\n      | ${quoted.slice(0, Math.max(column - 1, 0)).replaceAll(/[^\t]/g, ' ')}^\n`;
    const note = hint === undefined ? '' : `${place}note: ${hint}\n`;
    const diagnostic: Diagnostic = { severity: 'error', message, file, line, column, flag: undefined };
    return { diagnostic, text: `${place}error: ${message}\n${shown}${note}1 error generated.\n` };
  }
}
