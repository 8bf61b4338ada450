import { compileError } from '../../errors/compile.js';
import type { FrontEnd } from './front.js';
import { type ClangPackage, compileWith, loadClang, runClang } from './run.js';

let loaded: Promise<ClangPackage> | undefined;

async function load(): Promise<ClangPackage> {
  try {
    // Written so that bundlers leave it: the package finds its modules beside itself.
    const clang = (await import('@yowasp/clang')) as unknown as ClangPackage;
    await loadClang(clang);
    return clang;
  } catch (cause) {
    loaded = undefined;
    throw compileError('COMPILE_NO_CLANG', 'The bundled clang cannot be loaded', {
      cause,
      hint: 'npm install @yowasp/clang',
    });
  }
}

/**
 * The bundled clang in the calling thread, which it blocks while it compiles: for a worker of a browser, and
 * for scripts that do nothing else. Loaded once.
 */
export function clangInThisThread(): FrontEnd {
  return {
    compile: async (request) => {
      loaded ??= load();
      const clang = await loaded;
      return compileWith(request, async (command) => runClang(clang, command));
    },
    close: async () => {
      loaded = undefined;
    },
  };
}
