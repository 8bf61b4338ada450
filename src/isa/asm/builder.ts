import type { Insn } from '../insn.js';
import type { AccessBytes, AluOp, AtomicOp, BranchOp, LdImm64Pseudo, Reg } from '../opcodes.js';
import type { Operand, Width } from '../operation.js';
import { encodeOperation } from './encode-operation.js';

/** A register by its number. */
export interface RegisterOperand {
  readonly kind: 'reg';
  readonly reg: Reg;
}
/** A register or a number: what the second operand of most builders may be. */
export type Source = RegisterOperand | number;

const register = <N extends Reg>(reg: N): RegisterOperand => ({ kind: 'reg', reg });
export const r0 = register(0);
export const r1 = register(1);
export const r2 = register(2);
export const r3 = register(3);
export const r4 = register(4);
export const r5 = register(5);
export const r6 = register(6);
export const r7 = register(7);
export const r8 = register(8);
export const r9 = register(9);
export const r10 = register(10);

function operand(source: Source): Operand {
  return typeof source === 'number' ? { kind: 'imm', imm: source | 0 } : source;
}

function one(operation: Parameters<typeof encodeOperation>[0]): Insn {
  return encodeOperation(operation)[0] as Insn;
}

/** `dst op= src` on 64 bits, or on 32 with a zero-extended result. */
export function alu(op: AluOp, dst: RegisterOperand, src: Source, width: Width = 64): Insn {
  return one({ kind: 'alu', op, width, dst: dst.reg, src: operand(src) });
}
export function mov(dst: RegisterOperand, src: Source): Insn {
  return alu('mov', dst, src);
}
export function mov32(dst: RegisterOperand, src: Source): Insn {
  return alu('mov', dst, src, 32);
}
/** `dst = (s8)src` and so on; 32 bits only for a width of 64. */
export function movsx(
  dst: RegisterOperand,
  bits: 8 | 16 | 32,
  src: RegisterOperand,
  width: Width = 64,
): Insn {
  return one({ kind: 'movsx', width, bits, dst: dst.reg, src: src.reg });
}
export function neg(dst: RegisterOperand, width: Width = 64): Insn {
  return one({ kind: 'neg', width, dst: dst.reg });
}
export function endian(to: 'le' | 'be' | 'bswap', bits: 16 | 32 | 64, dst: RegisterOperand): Insn {
  return one({ kind: 'end', to, bits, dst: dst.reg });
}
/** `dst = *(size *)(base + off)`; with `signed` sign-extended. */
export function load(
  bytes: AccessBytes,
  dst: RegisterOperand,
  base: RegisterOperand,
  off: number,
  signed = false,
): Insn {
  return one({ kind: 'load', bytes, signed, dst: dst.reg, base: base.reg, off });
}
/** `*(size *)(base + off) = src`. */
export function store(bytes: AccessBytes, base: RegisterOperand, off: number, src: Source): Insn {
  return one({ kind: 'store', bytes, base: base.reg, off, src: operand(src) });
}
/** An atomic operation on memory. `fetch` is for `add`, `or`, `and`, `xor`; the others imply it or cannot have it. */
export function atomic(
  op: AtomicOp,
  bytes: AccessBytes,
  base: RegisterOperand,
  off: number,
  src: RegisterOperand,
  fetch = false,
): Insn {
  return one({ kind: 'atomic', op, fetch, bytes, base: base.reg, off, src: src.reg });
}
/** `goto` over `offset` slots from the next instruction; `wide` for the form with 32 bits. */
export function jump(offset: number, wide = false): Insn {
  return one({ kind: 'goto', wide, offset });
}
export function mayGoto(offset: number): Insn {
  return one({ kind: 'may_goto', offset });
}
/** `if dst op src goto offset`. */
export function branch(
  op: BranchOp,
  dst: RegisterOperand,
  src: Source,
  offset: number,
  width: Width = 64,
): Insn {
  return one({ kind: 'branch', op, width, dst: dst.reg, src: operand(src), offset });
}
/** A helper call by number. */
export function call(id: number): Insn {
  return one({ kind: 'call_helper', id });
}
/** A call of the function `offset` slots from the next instruction. */
export function callLocal(offset: number): Insn {
  return one({ kind: 'call_local', offset });
}
export function exit(): Insn {
  return one({ kind: 'exit' });
}
/** The two slots of a 64-bit immediate load; `value` is taken modulo 2^64. For the other forms see `ldPseudo`. */
export function ldImm64(dst: RegisterOperand, value: bigint): Insn[] {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return encodeOperation({ kind: 'ld_imm64', pseudo: 'imm', dst: dst.reg, low, high });
}
/** The two slots that load a map, a map value (`high` is the offset in it), a BTF id or a function. */
export function ldPseudo(dst: RegisterOperand, pseudo: LdImm64Pseudo, low: number, high = 0): Insn[] {
  return encodeOperation({ kind: 'ld_imm64', pseudo, dst: dst.reg, low, high });
}
export function ldAbs(bytes: 1 | 2 | 4, imm: number): Insn {
  return one({ kind: 'ld_abs', bytes, imm });
}
export function ldInd(bytes: 1 | 2 | 4, src: RegisterOperand, imm: number): Insn {
  return one({ kind: 'ld_ind', bytes, src: src.reg, imm });
}
