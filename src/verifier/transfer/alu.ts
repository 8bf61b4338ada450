import type { Operand, Operation } from '../../isa/index.js';
import { ALU_OPS, type AluOp } from '../../isa/index.js';
import { fork } from '../explore/pending.js';
import type { Session } from '../explore/session.js';
import { markPrecise } from '../prune/precision.js';
import { arena } from '../rules/arena.js';
import { divByZero } from '../rules/div-by-zero.js';
import { invalidShift } from '../rules/invalid-shift.js';
import { pointerLeak } from '../rules/pointer-leak.js';
import { refuse } from '../rules/rule.js';
import { guardScalars, settleCopy } from '../speculation/pointer-moves.js';
import type { RegAddr } from '../state/domain.js';
import { TYPE_ARENA } from '../state/layout.js';
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
  if (op === 'and' || op === 'or') splitMask(s, dst, source);
  const code = CODES[op];
  if (src.kind === 'imm') {
    ops.aluImm(code, width, target, src.imm);
  } else {
    // What a precise scalar is made of is precise too.
    if (memory.isPrecise(target)) markPrecise(s, src.reg);
    guardScalars(s, operation);
    ops.aluScalar(code, width, target, source);
  }
  memory.setSubregDef(target, width === 64 ? 0 : s.at + 1);
}

/** A scalar that is 0 or -1 is a mask that stands for a comparison: each of the two is followed on its own. */
function splitMask(s: Session, dst: number, source: RegAddr): void {
  const { memory, ops } = s;
  const reg = s.reg(dst);
  if (source !== 0 && !memory.isConst(source)) return;
  const width = ops.signMaskWidth(reg);
  if (width === 0) return;
  const other = fork(s, s.at, s.at);
  ops.assumeMask(memory.reg(memory.frame(other.state, s.depth()), dst), width, 0);
  ops.assumeMask(reg, width, 1);
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
    if (s.guards !== undefined) settleCopy(s, target);
    return;
  }
  if (memory.isScalar(source)) ops.moveWord(target, source);
  else {
    // Half of a pointer is a number that a privileged program may learn.
    if (!s.rights.seesPointers) refuse(pointerLeak, s.at, { problem: 'copy', reg: src.reg });
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
    if (!s.rights.seesPointers)
      refuse(pointerLeak, s.at, { problem: operation.width === 64 ? 'sign' : 'copy', reg: operation.src });
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
  if (!s.rights.seesPointers && !s.memory.isScalar(reg))
    refuse(pointerLeak, s.at, { problem: 'arithmetic', reg: operation.dst });
  s.checkWritable(operation.dst);
  if (!s.memory.isScalar(reg)) s.ops.markUnknown(reg);
  else if (operation.kind === 'neg') s.ops.negate(operation.width, reg);
  else s.ops.swapBytes(SWAPS[operation.to], operation.bits, reg);
}

/** Codes of the domain's byte swaps. */
const SWAPS = { le: 0, be: 1, bswap: 2 } as const;

/** A pointer into the arena becomes one that can be followed, or an address of user space, which is a number. */
export function transferAddressSpaceCast(
  s: Session,
  { dst, src, toSpace, fromSpace }: Operation & { kind: 'addr_space_cast' },
): void {
  const follows = toSpace === 0 && fromSpace === 1;
  if (!follows && !(toSpace === 1 && fromSpace === 0)) refuse(arena, s.at, { problem: 'spaces' });
  if (!s.namesArena()) refuse(arena, s.at, { problem: 'none' });
  s.checkReadable(src);
  const target = s.checkWritable(dst);
  s.ops.markUnknown(target);
  if (!follows) return;
  s.memory.setType(target, TYPE_ARENA);
  s.memory.setSubregDef(target, s.at + 1);
}
