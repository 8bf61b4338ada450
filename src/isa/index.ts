export * from './asm/index.js';
export { decodeInsns } from './decode.js';
export * from './disasm/index.js';
export { encodeInsns } from './encode.js';
export { INSN_BYTES, type Insn, type InsnIndex } from './insn.js';
export * from './opcodes.js';
export { type InvalidInsn, type Operand, type Operation, operationAt, type Width } from './operation.js';
