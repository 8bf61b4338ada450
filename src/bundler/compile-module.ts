import { readFile, rename, writeFile } from 'node:fs/promises';
import { type CompileFileOptions, compileFile } from '../compiler/node/index.js';
import { SkepError } from '../errors/base.js';
import { identifierOf, skeletonModel } from '../skeleton/model.js';
import { skeletonDeclarations, skeletonJs } from '../skeleton/ts.js';

/** How sources are compiled, and what is said of them. */
export interface PluginOptions {
  /** As for `compileFile`: `includeDirs`, `defines`, `cpu`. */
  readonly compile?: Omit<CompileFileOptions, 'front'>;
  /** Types that sources' records have, besides those of maps and variables. */
  readonly types?: readonly string[];
  /**
   * Write `x.bpf.d.c.ts` beside `x.bpf.c`, where TypeScript with `allowArbitraryExtensions` looks for its types.
   * Default true.
   */
  readonly declarations?: boolean;
}

export interface CompiledModule {
  /** An ES module. */
  readonly code: string;
  /** Files that it depends on. */
  readonly dependencies: readonly string[];
  /** The compiler's words, '' when it has none. */
  readonly warnings: string;
}

/** Which imports are sources of BPF programs. */
export const SOURCES: RegExp = /\.bpf\.c$/;

/** Makes a module of a source. @throws {SkepError} `COMPILE_FAILED`, whose message is the compiler's. */
export async function compileModule(path: string, options: PluginOptions = {}): Promise<CompiledModule> {
  const { object, text, dependencies } = await compileFile(path, options.compile ?? {});
  if (object === undefined)
    throw new SkepError('COMPILE_FAILED', text.trim() || `${path} does not compile`, { facts: { path } });
  const model = skeletonModel(object, identifierOf(path).replace(/_bpf$/, ''));
  const wanted = options.types === undefined ? {} : { types: options.types };
  if (options.declarations !== false)
    await writeChanged(path.replace(/\.c$/, '.d.c.ts'), skeletonDeclarations(model, wanted));
  return { code: skeletonJs(model, wanted), dependencies, warnings: text.trim() };
}

/** Unchanged files keep their date, so that what watches them sleeps on. */
async function writeChanged(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  const fresh = `${path}.${process.pid}.tmp`;
  await writeFile(fresh, text);
  await rename(fresh, path);
}
