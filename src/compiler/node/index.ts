export type { Compiled, CompileOptions } from '../compile.js';
export type { Diagnostic, Severity } from '../front/diagnostics.js';
export type { BpfCpu } from '../front/front.js';
export { bundledClang } from '../front/node/bundled.js';
export { type CompileFileOptions, compileFile, compileObject } from './compile-file.js';
