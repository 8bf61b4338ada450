import { dirname, resolve } from 'node:path';
import { compileModule, type PluginOptions, SOURCES } from './compile-module.js';

/** As much of esbuild's plug-in interface as is used, so that nobody needs esbuild's types. */
interface EsbuildPlugin {
  readonly name: string;
  setup(build: EsbuildBuild): void;
}
interface EsbuildBuild {
  onResolve(
    options: { filter: RegExp },
    callback: (args: { path: string; resolveDir: string }) => { path: string; namespace: string },
  ): void;
  onLoad(
    options: { filter: RegExp; namespace: string },
    callback: (args: { path: string }) => Promise<{
      contents?: string;
      loader?: 'js';
      resolveDir: string;
      watchFiles?: string[];
      warnings?: { text: string }[];
      errors?: { text: string }[];
    }>,
  ): void;
}

/**
 * Lets a bundle `import tracer from './tracer.bpf.c'`: the source is compiled, and the import is an `ObjectModule`.
 *
 * ```ts fragment
 * import { build } from 'esbuild';
 * import { skepEsbuild } from 'skep/bundler';
 * await build({ entryPoints: ['main.ts'], bundle: true, plugins: [skepEsbuild()] });
 * ```
 */
export function skepEsbuild(options: PluginOptions = {}): EsbuildPlugin {
  return {
    name: 'skep',
    setup(build) {
      build.onResolve({ filter: SOURCES }, ({ path, resolveDir }) => ({
        path: resolve(resolveDir, path),
        namespace: 'skep',
      }));
      build.onLoad({ filter: /./, namespace: 'skep' }, async ({ path }) => {
        const resolveDir = dirname(path);
        try {
          const { code, dependencies, warnings } = await compileModule(path, options);
          const told = warnings === '' ? {} : { warnings: [{ text: warnings }] };
          return { contents: code, loader: 'js', resolveDir, watchFiles: [path, ...dependencies], ...told };
        } catch (error) {
          const text = error instanceof Error ? error.message : String(error);
          return { errors: [{ text }], watchFiles: [path], resolveDir };
        }
      });
    },
  };
}
