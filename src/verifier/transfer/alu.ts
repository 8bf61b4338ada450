import type { Operand, Operation } from '../../isa/index.js';
import { ALU_OPS, type AluOp } from '../../isa/index.js';
import { fork } from '../explore/pending.js';
import type { Session } from '../explore/session.js';
import { markPrecise } from '../prune/precision.js';
import { divByZero } from '../rules/div-by-zero.js';
import { invalidShift } from '../rules/invalid-shift.js';
import { refuse } from '../rules/rule.js';
import { unsupported } from '../rules/unsupported.js';
import type { RegAddr } from '../state/domain.js';
import { REG_MASK, REG_VALUE } from '../state/layout.js';
import { movePointer } from './pointer.js';

const CODES = Object.fromEntries(
  ALU_OPS.map(({ name, code, off }) => [name, code | (off === 0 ? 0 : 0x100)]),
) as Record<AluOp, number>;

type Alu = Operation & { kind: 'alu' };

/** Two-operand arithmetic and moves. */
export function transferAlu(s: Session, operation: Alu): void {
  if (operation.op === 'mov') {
    transferMove(s, operation);
    return;
  }
  const { op, width, dst, src } = operation;
  if (src.kind === 'reg') s.checkReadable(src.reg);
  s.checkReadable(dst);
  if (src.kind === 'imm') checkConstantOperand(s, op, width, src.imm);
  s.checkWritable(dst);
  arithmetic(s, operation, src);
}

function checkConstantOperand(s: Session, op: AluOp, width: number, imm: number): void {
  if (imm === 0 && (op === 'div' || op === 'mod' || op === 'sdiv' || op === 'smod'))
    refuse(divByZero, s.at, {});
  if ((op === 'lsh' || op === 'rsh' || op === 'arsh') && (imm < 0 || imm >= width)) {
    refuse(invalidShift, s.at, { shift: imm });
  }
}

function arithmetic(s: Session, operation: Alu, src: Operand): void {
  const { memory, ops } = s;
  const { op, width, dst } = operation;
  const target = s.reg(dst);
  const source = src.kind === 'reg' ? s.reg(src.reg) : 0;
  const dstScalar = memory.isScalar(target);
  const srcScalar = source === 0 || memory.isScalar(source);
  if (!dstScalar || !srcScalar) {
    movePointer(s, operation, target, source, dstScalar, srcScalar);
    return;
  }
  if (op === 'and' || op === 'or') splitMask(s, width, dst, source);
  const code = CODES[op];
  if (src.kind === 'imm') {
    ops.aluImm(code, width, target, src.imm);
  } else {
    // What a precise scalar is made of is precise too.
    if (memory.isPrecise(target)) markPrecise(s, src.reg);
    ops.aluScalar(code, width, target, source);
  }
  memory.setSubregDef(target, width === 64 ? 0 : s.at + 1);
}

/** A scalar that is 0 or -1 is a mask that stands for a comparison: each of the two is followed on its own. */
function splitMask(s: Session, width: 32 | 64, dst: number, source: RegAddr): void {
  const { memory, ops } = s;
  const reg = s.reg(dst);
  if (source !== 0 && !memory.isConst(source)) return;
  const [min, max] =
    width === 32
      ? [memory.smin32(reg), memory.smax32(reg)]
      : [memory.sminNumber(reg), memory.smaxNumber(reg)];
  if (min !== -1 || max !== 0) return;
  const other = fork(s, s.at, s.at);
  ops.setKnown(memory.reg(memory.frame(other.state, s.depth()), dst), 0n);
  ops.setKnown(reg, width === 32 ? 0xffff_ffffn : 0xffff_ffff_ffff_ffffn);
}

function transferMove(s: Session, { width, dst, src }: Alu): void {
  const { memory, ops } = s;
  if (src.kind === 'imm') {
    const target = s.checkWritable(dst);
    ops.moveImm(width, target, src.imm);
    memory.setSubregDef(target, width === 64 ? 0 : s.at + 1);
    return;
  }
  const source = s.checkReadable(src.reg);
  const target = s.checkWritable(dst);
  if (width === 64) {
    ops.move(target, source);
    return;
  }
  if (memory.isScalar(source)) ops.moveWord(target, source);
  else {
    // Half of a pointer is a number that the program may learn, since it is privileged.
    ops.markUnknown(target);
    ops.zeroExtend32(target);
    ops.syncBounds(target);
  }
  memory.setSubregDef(target, s.at + 1);
}

/** Sign-extending moves. */
export function transferMoveSigned(s: Session, operation: Operation & { kind: 'movsx' }): void {
  const { memory, ops } = s;
  const source = s.checkReadable(operation.src);
  const target = s.checkWritable(operation.dst);
  if (memory.isScalar(source)) ops.moveSigned(operation.width, operation.bits / 8, target, source);
  else {
    ops.markUnknown(target);
    if (operation.width === 32) {
      ops.zeroExtend32(target);
      ops.syncBounds(target);
    }
  }
  memory.setSubregDef(target, operation.width === 64 ? 0 : s.at + 1);
}

/** Negation and byte swaps: one operand. */
export function transferUnary(s: Session, operation: Operation & { kind: 'neg' | 'end' }): void {
  const reg = s.checkReadable(operation.dst);
  s.checkWritable(operation.dst);
  if (!s.memory.isScalar(reg)) s.ops.markUnknown(reg);
  else if (operation.kind === 'neg') s.ops.negate(operation.width, reg);
  else swapBytes(s, reg, operation);
}

/** The known bits change places; on a little-endian machine `le` only cuts. */
function swapBytes(s: Session, reg: RegAddr, { to, bits }: Operation & { kind: 'end' }): void {
  const { memory, ops } = s;
  const arrange = (word: bigint) => (to === 'le' ? BigInt.asUintN(bits, word) : reverseBytes(word, bits / 8));
  const value = arrange(memory.tnumValue(reg));
  const mask = arrange(memory.tnumMask(reg));
  ops.markUnknown(reg);
  setWords(s, reg + REG_VALUE, value);
  setWords(s, reg + REG_MASK, mask);
  ops.syncBounds(reg);
}

function reverseBytes(word: bigint, count: number): bigint {
  let reversed = 0n;
  for (let index = 0; index < count; index++)
    reversed = (reversed << 8n) | ((word >> BigInt(index * 8)) & 0xffn);
  return reversed;
}

function setWords(s: Session, at: number, word: bigint): void {
  s.memory.setWord(at, Number(BigInt.asIntN(32, word)));
  s.memory.setWord(at + 4, Number(BigInt.asIntN(32, word >> 32n)));
}

export function transferAddressSpaceCast(s: Session): never {
  return refuse(unsupported, s.at, { what: 'address space casts' });
}
