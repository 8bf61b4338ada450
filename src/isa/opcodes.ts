/**
 * THE table of the BPF instruction set: every other part (encoder, decoder, assembler, disassembler,
 * verifier, interpreter, JIT, docs) derives from it. Source: RFC 9669 and Linux 6.18 `linux/bpf.h`,
 * `linux/bpf_common.h`.
 */

/** Instruction classes: the low three bits of an opcode. RFC 9669 section 3. */
export const CLASS = {
  LD: 0x00,
  LDX: 0x01,
  ST: 0x02,
  STX: 0x03,
  ALU: 0x04,
  JMP: 0x05,
  JMP32: 0x06,
  ALU64: 0x07,
} as const;

/** The source bit of ALU and jump opcodes: immediate (K) or register (X). */
export const SOURCE = { K: 0x00, X: 0x08 } as const;

/** Access sizes of load and store opcodes, and their bytes. */
export const SIZE = { W: 0x00, H: 0x08, B: 0x10, DW: 0x18 } as const;
export const SIZES = [
  { name: 'b', code: SIZE.B, bytes: 1, c: 'u8' },
  { name: 'h', code: SIZE.H, bytes: 2, c: 'u16' },
  { name: 'w', code: SIZE.W, bytes: 4, c: 'u32' },
  { name: 'dw', code: SIZE.DW, bytes: 8, c: 'u64' },
] as const;
export type AccessBytes = (typeof SIZES)[number]['bytes'];

/** Modes of load and store opcodes. */
export const MODE = { IMM: 0x00, ABS: 0x20, IND: 0x40, MEM: 0x60, MEMSX: 0x80, ATOMIC: 0xc0 } as const;

/**
 * Arithmetic with a destination and a source operand. `off` tells the signed forms apart (RFC 9669 section 4.1);
 * `symbol` is the operator of the pseudo-C syntax.
 */
export const ALU_OPS = [
  { name: 'add', code: 0x00, off: 0, symbol: '+=' },
  { name: 'sub', code: 0x10, off: 0, symbol: '-=' },
  { name: 'mul', code: 0x20, off: 0, symbol: '*=' },
  { name: 'div', code: 0x30, off: 0, symbol: '/=' },
  { name: 'sdiv', code: 0x30, off: 1, symbol: 's/=' },
  { name: 'or', code: 0x40, off: 0, symbol: '|=' },
  { name: 'and', code: 0x50, off: 0, symbol: '&=' },
  { name: 'lsh', code: 0x60, off: 0, symbol: '<<=' },
  { name: 'rsh', code: 0x70, off: 0, symbol: '>>=' },
  { name: 'mod', code: 0x90, off: 0, symbol: '%=' },
  { name: 'smod', code: 0x90, off: 1, symbol: 's%=' },
  { name: 'xor', code: 0xa0, off: 0, symbol: '^=' },
  { name: 'mov', code: 0xb0, off: 0, symbol: '=' },
  { name: 'arsh', code: 0xc0, off: 0, symbol: 's>>=' },
] as const;
export type AluOp = (typeof ALU_OPS)[number]['name'];
/** ALU codes outside the two-operand table. */
export const ALU_NEG = 0x80;
export const ALU_MOV = 0xb0;
export const ALU_END = 0xd0;

/** Conditional jumps; `symbol` is the operator of the pseudo-C syntax. RFC 9669 section 4.3. */
export const BRANCH_OPS = [
  { name: 'jeq', code: 0x10, symbol: '==' },
  { name: 'jgt', code: 0x20, symbol: '>' },
  { name: 'jge', code: 0x30, symbol: '>=' },
  { name: 'jset', code: 0x40, symbol: '&' },
  { name: 'jne', code: 0x50, symbol: '!=' },
  { name: 'jsgt', code: 0x60, symbol: 's>' },
  { name: 'jsge', code: 0x70, symbol: 's>=' },
  { name: 'jlt', code: 0xa0, symbol: '<' },
  { name: 'jle', code: 0xb0, symbol: '<=' },
  { name: 'jslt', code: 0xc0, symbol: 's<' },
  { name: 'jsle', code: 0xd0, symbol: 's<=' },
] as const;
export type BranchOp = (typeof BRANCH_OPS)[number]['name'];
/** Jump codes outside the conditional table. */
export const JMP_JA = 0x00;
export const JMP_CALL = 0x80;
export const JMP_EXIT = 0x90;
/** `may_goto` (Linux 6.9): the counted jump, in class JMP. */
export const JMP_JCOND = 0xe0;

/** Who a call instruction calls, in its src field. RFC 9669 section 4.3.1. */
export const CALL = { HELPER: 0, LOCAL: 1, KFUNC: 2 } as const;

/**
 * Atomic operations, in the imm field. Those with `fetch: 'optional'` also exist with the FETCH bit, which returns
 * the old value in the source register; `always` has the bit in `code` already. RFC 9669 section 5.3;
 * load-acquire and store-release: Linux 6.15.
 */
export const ATOMIC_FETCH = 0x01;
export const ATOMIC_OPS = [
  { name: 'add', code: 0x00, fetch: 'optional' },
  { name: 'or', code: 0x40, fetch: 'optional' },
  { name: 'and', code: 0x50, fetch: 'optional' },
  { name: 'xor', code: 0xa0, fetch: 'optional' },
  { name: 'xchg', code: 0xe1, fetch: 'always' },
  { name: 'cmpxchg', code: 0xf1, fetch: 'always' },
  { name: 'load_acquire', code: 0x100, fetch: 'never' },
  { name: 'store_release', code: 0x110, fetch: 'never' },
] as const;
export type AtomicOp = (typeof ATOMIC_OPS)[number]['name'];

/** Meanings of the 64-bit immediate load, in its src field. RFC 9669 section 5.4; the `idx` forms: Linux 5.14. */
export const LD_IMM64_PSEUDO = [
  { name: 'imm', code: 0 },
  { name: 'map_fd', code: 1 },
  { name: 'map_value', code: 2 },
  { name: 'btf_id', code: 3 },
  { name: 'func', code: 4 },
  { name: 'map_idx', code: 5 },
  { name: 'map_idx_value', code: 6 },
] as const;
export type LdImm64Pseudo = (typeof LD_IMM64_PSEUDO)[number]['name'];

/** The opcode of the two-slot 64-bit immediate load. */
export const OPCODE_LD_IMM64 = CLASS.LD | MODE.IMM | SIZE.DW;

/** Registers: r0 result, r1–r5 arguments (lost in a call), r6–r9 kept, r10 the read-only frame pointer. */
export const REGISTERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
export type Reg = (typeof REGISTERS)[number];
export const FRAME_POINTER = 10;
