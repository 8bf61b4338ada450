import { embeddedBytes } from '../../btf/embedded.js';
import { compileError } from '../../errors/compile.js';
import { base64 } from './clang-parts.text.js';
import { assembleModule, type ByteSource, bytesSource, decodeParts } from './parts.js';

/** A clang in this thread, of which every run starts afresh. */
export interface Clang {
  /** Runs to the end. @throws {ClangExit} when clang ends with a status other than 0. */
  readonly run: (args: string[], files: Tree, options: RunOptions) => unknown;
  readonly Exit: new (...args: never[]) => Error & { readonly code: number };
}

export type Tree = { [name: string]: Tree | string | Uint8Array };

interface RunOptions {
  readonly stdout?: (bytes: Uint8Array | null) => void;
  readonly stderr?: (bytes: Uint8Array | null) => void;
  readonly decodeASCII?: boolean;
}

/** Reads one of `@yowasp/clang`'s files by its name. */
export type ReadClangFile = (name: string) => Promise<Uint8Array<ArrayBuffer>>;

/** Where clang's files are. */
export interface ClangFiles {
  readonly read: ReadClangFile;
  /** Lets pieces of a file be copied; for files that come as a whole `inMemory` does. */
  readonly pieces: <T>(name: string, use: (source: ByteSource) => T) => Promise<T>;
}

/** Files that can only be had as a whole. */
export function inMemory(read: ReadClangFile): ClangFiles {
  return { read, pieces: async (name, use) => use(bytesSource(await read(name))) };
}

interface Bundle {
  readonly Application: new (
    resources: object,
    instantiate: unknown,
    name: string,
  ) => { run(args: string[] | null, files: Tree, options: object): unknown };
  readonly instantiate: unknown;
  readonly Exit: Clang['Exit'];
}

/** Told after each part of clang that is ready, how many of all there are. */
export type LoadProgress = (ready: number, of: number) => void;

const CORE = 'llvm.core.wasm';
const MODULES = [CORE, 'llvm.core2.wasm', 'llvm.core3.wasm', 'llvm.core4.wasm'];

/** All of clang, or the functions that compile BPF: a seventh of its code, which traps where the rest is needed. */
export type Extent = 'all' | 'usual';

/**
 * Loads the clang of `@yowasp/clang`: 75 MB of WebAssembly, of which 20 are usually needed.
 *
 * The package's own entry also unpacks 30 MB of headers and libraries for WebAssembly, copies all through a
 * stream, and hides `/usr` behind them in every run; that takes longer than clang itself. So its parts are
 * taken by their names inside its bundle. The version is pinned in package.json.
 *
 * @throws SkepError `COMPILE_NO_CLANG` when the bundle has other parts.
 */
export async function loadClang(
  files: ClangFiles,
  extent: Extent,
  progress: LoadProgress = () => {},
): Promise<Clang> {
  let ready = 0;
  const part = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    progress(++ready, MODULES.length + 1);
    return result;
  };
  const [bundle, ...modules] = await Promise.all([
    part(files.read('bundle.js').then(importBundle)),
    ...MODULES.map(async (name) => [name, await part(compileModule(files, name, extent))] as const),
  ]);
  const resources = {
    totalSize: 0,
    modules: async () => Object.fromEntries(modules),
    filesystem: async () => ({}),
  };
  const application = new bundle.Application(resources, bundle.instantiate, 'llvm');
  // Without a callback it writes its progress to the console.
  await application.run(null, {}, { fetchProgress: () => {} });
  return { run: (args, files, options) => application.run(args, files, options), Exit: bundle.Exit };
}

async function compileModule(files: ClangFiles, name: string, extent: Extent): Promise<WebAssembly.Module> {
  if (name === CORE && extent === 'usual') {
    const parts = decodeParts(embeddedBytes(base64));
    const bytes = await files.pieces(name, (source) => assembleModule(parts, source));
    if (bytes !== undefined) return WebAssembly.compile(bytes);
  }
  return WebAssembly.compile(await files.read(name));
}

async function importBundle(bytes: Uint8Array): Promise<Bundle> {
  const source = `${new TextDecoder().decode(bytes)}\nexport { Application, instantiate };\n`;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  try {
    // Node imports no blob: URLs, and browsers take long data: URLs badly.
    const isNode = typeof process === 'object' && process.release?.name === 'node';
    const place = isNode ? `data:text/javascript,${encodeURIComponent(source)}` : url;
    return (await import(/* @vite-ignore */ place)) as Bundle;
  } catch (cause) {
    throw compileError('COMPILE_NO_CLANG', 'The bundled clang is of a version that skep does not know', {
      cause,
      hint: 'Install the version of @yowasp/clang that skep asks for: npm install skep',
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
