/** The bytes of one instruction slot. A 64-bit immediate load takes two. */
export const INSN_BYTES = 8;

/**
 * One instruction slot as it is encoded: Linux's `struct bpf_insn`.
 *
 * A program is an array of these in which the index is Linux's instruction index: a 64-bit immediate load
 * takes two places, the second with opcode 0 and the upper half of the value in `imm`.
 */
export interface Insn {
  /** 0–255. */
  readonly opcode: number;
  /** Destination register, 0–15 as encoded (only 0–10 are valid). */
  readonly dst: number;
  /** Source register or sub-code, 0–15 as encoded. */
  readonly src: number;
  /** Signed 16 bits. */
  readonly off: number;
  /** Signed 32 bits. */
  readonly imm: number;
}

/** An index into a program's instruction slots. */
export type InsnIndex = number;
