import type { FrontEnd } from './front.js';
import { type Clang, type LoadProgress, loadClang, type ReadClangFile } from './load.js';
import { compileWith, runClang } from './run.js';

/**
 * The bundled clang in the calling thread, which it blocks while it compiles: for browsers (best in a worker), and
 * for scripts that do nothing else. Loaded once.
 *
 * @param read reads a file of `@yowasp/clang`'s folder `gen`: by `fetch` in a browser.
 */
export function clangInThisThread(read: ReadClangFile, progress?: LoadProgress): FrontEnd {
  let loaded: Promise<Clang> | undefined;
  return {
    compile: async (request) => {
      loaded ??= loadClang(read, progress);
      loaded.catch(() => {
        loaded = undefined;
      });
      const clang = await loaded;
      return compileWith(request, (command) => runClang(clang, command));
    },
    prepare: () => {},
    close: async () => {
      loaded = undefined;
    },
  };
}
