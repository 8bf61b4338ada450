import type { FrontEnd } from './front.js';
import { inMemory, type LoadProgress, type ReadClangFile } from './load.js';
import { ClangRunner, compileWith } from './run.js';

/**
 * The bundled clang in the calling thread, which it blocks while it compiles: for browsers (best in a worker), and
 * for scripts that do nothing else. Loaded once.
 *
 * @param read reads a file of `@yowasp/clang`'s folder `gen`: by `fetch` in a browser.
 */
export function clangInThisThread(read: ReadClangFile, progress?: LoadProgress): FrontEnd {
  let runner: ClangRunner | undefined;
  return {
    compile: (request) => {
      runner ??= new ClangRunner(inMemory(read), progress);
      const clang = runner;
      return compileWith(request, (command) => clang.run(command));
    },
    prepare: () => {},
    close: async () => {
      runner = undefined;
    },
  };
}
