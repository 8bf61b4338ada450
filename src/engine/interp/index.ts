export { invokeRuntime } from './call.js';
export { advance, interpret } from './interpret.js';
export { type Caller, FRAME_BYTES, Machine } from './machine.js';
export type { ByteMemory } from './memory.js';
export type { InterpreterOptions, RuntimeFunction } from './options.js';
