export { interpret } from './interpret.js';
export type { ByteMemory } from './memory.js';
export type { InterpreterOptions, RuntimeFunction } from './options.js';
