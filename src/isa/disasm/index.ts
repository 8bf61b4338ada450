export { formatInsn } from './format.js';
export { type DisassembledInsn, disassemble, formatListing } from './listing.js';
export type { DisasmOptions } from './options.js';
