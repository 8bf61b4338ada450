import { coreError } from '../../errors/core-relocation.js';
import { CLASS, type Insn, JMP_CALL, OPCODE_LD_IMM64, SIZES, SOURCE } from '../../isa/index.js';

/** What an instruction has to become. */
export interface Resolution {
  /** What the compiler put in, when it has to be there. */
  readonly expected: bigint | undefined;
  /** What belongs there; undefined poisons the instruction. */
  readonly value: bigint | undefined;
  /** Bytes that a load or store moves before and after, when they differ. */
  readonly resize?: { readonly from: number; readonly to: number };
  /** The sizes differ and the value would be wrong: a load or store is poisoned. */
  readonly unsafeResize: boolean;
}

/** libbpf's mark of an instruction that must not be reached: the verifier says `unknown#195896080`. */
export const POISON_IMM = 195896080;

/** Patches one instruction in place (libbpf's `bpf_core_patch_insn`). */
export function patchInsn(insns: Insn[], at: number, resolution: Resolution): void {
  const insn = insns[at];
  if (insn === undefined) throw refuse('CORE_BAD_INSN', at, 'there is no such instruction');
  const { value } = resolution;
  if (value === undefined) {
    poison(insns, at);
    return;
  }
  switch (insn.opcode & 0x07) {
    case CLASS.ALU:
    case CLASS.ALU64:
      if ((insn.opcode & SOURCE.X) !== 0) throw refuse('CORE_BAD_INSN', at, 'it has no immediate');
      check(at, BigInt(insn.imm), resolution, 32);
      insns[at] = { ...insn, imm: Number(BigInt.asIntN(32, value)) };
      return;
    case CLASS.LDX:
    case CLASS.ST:
    case CLASS.STX:
      check(at, BigInt(insn.off), resolution, 16);
      if (value > 0x7fffn) throw refuse('CORE_RANGE', at, `offset ${value} does not fit 16 bits`);
      if (resolution.unsafeResize) poison(insns, at);
      else insns[at] = { ...insn, off: Number(value), opcode: resized(insn, at, resolution) };
      return;
    case CLASS.LD:
      patchImmediate(insns, insn, at, value, resolution);
      return;
    default:
      throw refuse('CORE_BAD_INSN', at, `opcode 0x${insn.opcode.toString(16)} cannot be relocated`);
  }
}

function refuse(code: 'CORE_BAD_INSN' | 'CORE_RANGE', at: number, why: string) {
  return coreError(code, `instruction ${at}: ${why}`, { facts: { insn: at } });
}

function check(at: number, found: bigint, { expected }: Resolution, bits: number): void {
  if (expected === undefined || BigInt.asIntN(bits, found) === BigInt.asIntN(bits, expected)) return;
  throw refuse('CORE_BAD_INSN', at, `it holds ${found}, but the program's types say ${expected}`);
}

function poison(insns: Insn[], at: number): void {
  const second = insns[at + 1];
  const poisoned = { opcode: CLASS.JMP | JMP_CALL, dst: 0, src: 0, off: 0, imm: POISON_IMM };
  if (insns[at]?.opcode === OPCODE_LD_IMM64 && second !== undefined) insns[at + 1] = poisoned;
  insns[at] = poisoned;
}

function resized(insn: Insn, at: number, { resize }: Resolution): number {
  if (resize === undefined) return insn.opcode;
  const now = SIZES.find(({ code }) => code === (insn.opcode & 0x18));
  if (now?.bytes !== resize.from)
    throw refuse('CORE_BAD_INSN', at, `it moves ${now?.bytes} bytes, but its field has ${resize.from}`);
  const next = SIZES.find(({ bytes }) => bytes === resize.to);
  if (next === undefined) throw refuse('CORE_RANGE', at, `no instruction moves ${resize.to} bytes`);
  return (insn.opcode & ~0x18) | next.code;
}

function patchImmediate(insns: Insn[], insn: Insn, at: number, value: bigint, resolution: Resolution): void {
  const second = insns[at + 1];
  const isPlain = insn.opcode === OPCODE_LD_IMM64 && insn.src === 0 && insn.off === 0;
  if (!isPlain || second === undefined || second.opcode !== 0)
    throw refuse('CORE_BAD_INSN', at, 'it is no plain 64-bit immediate load');
  const found = BigInt.asUintN(32, BigInt(insn.imm)) | (BigInt.asUintN(32, BigInt(second.imm)) << 32n);
  // An unsigned 32-bit enumerator is compiled without sign extension.
  if (resolution.expected !== undefined && BigInt.asUintN(32, resolution.expected) !== found)
    check(at, found, resolution, 64);
  insns[at] = { ...insn, imm: Number(BigInt.asIntN(32, value)) };
  insns[at + 1] = { ...second, imm: Number(BigInt.asIntN(32, value >> 32n)) };
}
