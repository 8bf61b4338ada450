import { compileModule, type PluginOptions, SOURCES } from './compile-module.js';

/** As much of Vite's and Rollup's plug-in interface as is used. */
interface VitePlugin {
  readonly name: 'skep';
  readonly enforce: 'pre';
  load(this: RollupContext, id: string): Promise<string | undefined>;
}
interface RollupContext {
  addWatchFile(path: string): void;
  warn(text: string): void;
}

/**
 * The same for Vite and Rollup.
 *
 * ```ts fragment
 * import { skepVite } from 'skep/bundler';
 * export default { plugins: [skepVite()] };
 * ```
 */
export function skepVite(options: PluginOptions = {}): VitePlugin {
  return {
    name: 'skep',
    enforce: 'pre',
    async load(id) {
      const path = id.replace(/[?#].*$/, '');
      if (!SOURCES.test(path)) return undefined;
      const { code, dependencies, warnings } = await compileModule(path, options);
      for (const file of [path, ...dependencies]) this.addWatchFile(file);
      if (warnings !== '') this.warn(warnings);
      return code;
    },
  };
}
