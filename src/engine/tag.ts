import { sha256 } from '@noble/hashes/sha2.js';
import { encodeInsns, type Insn, OPCODE_LD_IMM64 } from '../isa/index.js';

/** Codes of the src field that Linux sees in place of our indexes. */
const AS_FD: Readonly<Record<number, number>> = { 1: 1, 2: 2, 5: 1, 6: 2 };

/**
 * A program's tag, 16 hex digits: the first 8 bytes of the SHA-256 of its instructions with all that differs from load
 * to load (map references) zeroed. Linux 6.18 `bpf_prog_calc_tag`; before that it was a SHA-1.
 */
export function programTag(insns: readonly Insn[]): string {
  const stable = insns.map((insn, index) => {
    const before = insns[index - 1];
    if (before?.opcode === OPCODE_LD_IMM64 && before.src in AS_FD) return { ...insn, imm: 0 };
    return insn.opcode === OPCODE_LD_IMM64 && insn.src in AS_FD
      ? { ...insn, src: AS_FD[insn.src] ?? 0, imm: 0 }
      : insn;
  });
  return Array.from(sha256(encodeInsns(stable)).subarray(0, 8), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
