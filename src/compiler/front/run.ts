import { compileError } from '../../errors/compile.js';
import { type ClangCommand, clangCommand, OUTPUT } from './command.js';
import { parseDiagnostics } from './diagnostics.js';
import type { FrontRequest, FrontResult } from './front.js';
import { type Clang, type ClangFiles, type LoadProgress, loadClang, type Tree } from './load.js';

/** What a run of clang left behind, before it is made sense of; it crosses between threads. */
export interface ClangRun {
  readonly bitcode: Uint8Array | undefined;
  readonly text: string;
  /** Why clang ended otherwise than by exiting. */
  readonly crash: string | undefined;
}

/** Runs clang in this thread, blocking it for as long as a compilation takes. Loaded when first asked, or told to. */
export class ClangRunner {
  readonly #files: ClangFiles;
  readonly #progress: LoadProgress;
  #extent: 'all' | 'usual' = 'usual';
  #loaded: Promise<Clang> | undefined;

  constructor(files: ClangFiles, progress: LoadProgress = () => {}) {
    this.#files = files;
    this.#progress = progress;
  }

  /** @throws SkepError, and what reading clang's files throws; the next call tries again */
  load(): Promise<Clang> {
    if (this.#loaded === undefined) {
      const loading = loadClang(this.#files, this.#extent, this.#progress);
      loading.catch(() => {
        if (this.#loaded === loading) this.#loaded = undefined;
      });
      this.#loaded = loading;
    }
    return this.#loaded;
  }

  async run(command: ClangCommand): Promise<ClangRun> {
    const extent = this.#extent;
    const run = await runClang(await this.load(), command);
    if (run.crash === undefined || extent === 'all') return run;
    // It called a function that was left out, or it is at fault itself: all of clang knows.
    this.#loadAll();
    return runClang(await this.load(), command);
  }

  /** Several runs may find out at the same time. */
  #loadAll(): void {
    if (this.#extent === 'all') return;
    this.#extent = 'all';
    this.#loaded = undefined;
  }
}

async function runClang(clang: Clang, command: ClangCommand): Promise<ClangRun> {
  let text = '';
  const decoder = new TextDecoder();
  const take = (bytes: Uint8Array | null) => {
    if (bytes !== null) text += decoder.decode(bytes, { stream: true });
  };
  try {
    const left = (await clang.run(['clang', ...command.args], treeOf(command.files), {
      stdout: take,
      stderr: take,
      decodeASCII: false,
    })) as Tree;
    const output = left[OUTPUT];
    return { bitcode: output instanceof Uint8Array ? output : undefined, text, crash: undefined };
  } catch (error) {
    if (error instanceof clang.Exit) return { bitcode: undefined, text, crash: undefined };
    return { bitcode: undefined, text, crash: String(error) };
  }
}

/** Compiles with whatever runs clang, here or in another thread. */
export async function compileWith(
  request: FrontRequest,
  run: (command: ClangCommand) => Promise<ClangRun>,
): Promise<FrontResult> {
  const { bitcode, text, crash } = await run(clangCommand(request));
  const diagnostics = parseDiagnostics(text);
  const failed = diagnostics.some(({ severity }) => severity === 'error' || severity === 'fatal error');
  if (crash !== undefined || (bitcode === undefined && !failed)) {
    throw compileError(
      'COMPILE_CLANG_CRASHED',
      `clang failed on ${request.source}: ${crash ?? 'no output'}`,
      {
        facts: { source: request.source, text },
        hint: 'Try a smaller source; if it still fails, it is a bug of the bundled clang',
      },
    );
  }
  return { bitcode, diagnostics, text };
}

/** Nested folders, from paths. */
function treeOf(files: Readonly<Record<string, Uint8Array>>): Tree {
  const root: Tree = {};
  for (const [path, bytes] of Object.entries(files)) {
    const parts = normalParts(path);
    const name = parts.pop();
    if (name === undefined) throw compileError('COMPILE_BAD_REQUEST', `${path} is no path of a file`);
    let folder = root;
    for (const part of parts) {
      folder[part] ??= {};
      const next = folder[part];
      if (typeof next === 'string' || next instanceof Uint8Array) {
        throw compileError('COMPILE_BAD_REQUEST', `${path} lies in something that is a file`);
      }
      folder = next;
    }
    folder[name] = bytes;
  }
  return root;
}

function normalParts(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts;
}
