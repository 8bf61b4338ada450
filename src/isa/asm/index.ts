export { assemble } from './assemble.js';
export * as build from './builder.js';
export { encodeOperation } from './encode-operation.js';
export { AsmError } from './error.js';
export type { AsmOptions, AsmSymbol } from './options.js';
