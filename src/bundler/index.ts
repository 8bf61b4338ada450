export type { PluginOptions } from './compile-module.js';
export { skepEsbuild } from './esbuild.js';
export { skepVite } from './vite.js';
