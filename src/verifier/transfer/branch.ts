import { BRANCH_OPS, type BranchOp, type Operation } from '../../isa/index.js';
import { fork } from '../explore/pending.js';
import type { Session } from '../explore/session.js';
import { showState } from '../explore/show-state.js';
import { isTrusted } from '../kernel-types/trust.js';
import { setLiveRegisters } from '../prune/clean.js';
import { markPrecise } from '../prune/precision.js';
import { pointerLeak } from '../rules/pointer-leak.js';
import { refuse } from '../rules/rule.js';
import { guessWrong } from '../speculation/paths.js';
import type { RegAddr, StateAddr } from '../state/domain.js';
import {
  DST_ON_STACK,
  FLAG_MAYBE_NULL,
  FLAG_UNTRUSTED,
  HISTORY_FLAGS,
  SRC_ON_STACK,
  TYPE_BASE_MASK,
  TYPE_BTF_ID,
  TYPE_CONST_MAP,
  TYPE_MAP_KEY,
  TYPE_MAP_VALUE,
  TYPE_MEM,
  TYPE_PACKET,
  TYPE_PACKET_END,
  TYPE_PACKET_META,
  TYPE_SOCK_COMMON,
  TYPE_SOCKET,
  TYPE_STACK,
  TYPE_TCP_SOCK,
} from '../state/layout.js';
import { learnNull } from './null-check.js';
import { packetComparison, packetOutcome } from './packet-comparison.js';

export type Branch = Operation & { kind: 'branch' };
const CODES = Object.fromEntries(BRANCH_OPS.map(({ name, code }) => [name, code])) as Record<
  BranchOp,
  number
>;

/** A conditional jump: goes one way, or both by setting the jump aside for later. Answers the next instruction. */
export function transferBranch(s: Session, branch: Branch): number {
  const { memory } = s;
  const a = s.checkReadable(branch.dst);
  const b = branch.src.kind === 'reg' ? s.checkReadable(branch.src.reg) : 0;
  if (branch.src.kind === 'reg' && !s.rights.seesPointers && !memory.isScalar(b))
    checkComparable(s, branch.src.reg, a, b);
  noteStackOperands(s, branch, a, b);
  const target = s.at + 1 + branch.offset;
  const outcome = branchOutcome(s, branch, a, b);
  if (outcome >= 0) {
    if (memory.isScalar(a)) markPrecise(s, branch.dst);
    if (branch.src.kind === 'reg' && memory.isScalar(b)) markPrecise(s, branch.src.reg);
    if (s.guards?.v1 === true) {
      const compared = branch.src.kind === 'reg' ? [branch.dst, branch.src.reg] : [branch.dst];
      guessWrong(s, outcome === 1 ? s.at + 1 : target, compared);
    }
    showState(s);
    return outcome === 1 ? target : s.at + 1;
  }
  noteLinked(s, a, b);
  const other = fork(s, target, s.at);
  learn(s, branch, a, b, other.state);
  showState(s);
  return s.at + 1;
}

/** Addresses are compared by who may see them; where a packet ends everybody may ask. */
function checkComparable(s: Session, reg: number, a: RegAddr, b: RegAddr): void {
  const { memory } = s;
  if (isPacketAny(memory.type(a)) && isPacketAny(memory.type(b))) return;
  refuse(pointerLeak, s.at, { problem: 'comparison', reg });
}

function noteStackOperands(s: Session, branch: Branch, a: RegAddr, b: RegAddr): void {
  const dst = s.memory.type(a) === TYPE_STACK;
  const src = branch.src.kind === 'reg' && s.memory.type(b) === TYPE_STACK;
  if (!dst && !src) return;
  const entry = s.historyEntry();
  const flags = (dst ? DST_ON_STACK : 0) | (src ? SRC_ON_STACK : 0);
  s.memory.setByte(entry + HISTORY_FLAGS, flags);
}

/** 1 when the jump is always taken, 0 when never, -1 when both may happen. */
function branchOutcome(s: Session, branch: Branch, a: RegAddr, b: RegAddr): number {
  const { memory, ops } = s;
  if (branch.src.kind === 'imm') {
    const { imm } = branch.src;
    if (memory.isScalar(a)) return ops.branchTakenImm(CODES[branch.op], branch.width, a, imm);
    return imm === 0 ? nullOutcome(s, branch.op, a) : -1;
  }
  if (branch.width === 64 && isPacketAny(memory.type(a)) && isPacketAny(memory.type(b)))
    return packetOutcome(s, branch.op, a, b);
  const aScalar = memory.isScalar(a);
  const bScalar = memory.isScalar(b);
  if (aScalar && bScalar) return ops.branchTaken(CODES[branch.op], branch.width, a, b);
  if (!aScalar && !bScalar) return -1;
  const [pointer, scalar] = aScalar ? [b, a] : [a, b];
  const isZero =
    memory.isZero(scalar) ||
    (branch.width === 32 && memory.umax32(scalar) === 0 && memory.umin32(scalar) === 0);
  return isZero ? nullOutcome(s, branch.op, pointer) : -1;
}

/** The outcome of comparing a pointer with 0. */
function nullOutcome(s: Session, op: BranchOp, pointer: RegAddr): number {
  if ((op !== 'jeq' && op !== 'jne') || !isNeverNull(s, pointer)) return -1;
  return op === 'jne' ? 1 : 0;
}

function isPacketAny(type: number): boolean {
  return type === TYPE_PACKET || type === TYPE_PACKET_META || type === TYPE_PACKET_END;
}

function isNeverNull(s: Session, reg: RegAddr): boolean {
  const type = s.memory.type(reg);
  if ((type & TYPE_BASE_MASK) === TYPE_BTF_ID) return (type & FLAG_MAYBE_NULL) === 0 && isTrusted(s, reg);
  if ((type & (FLAG_MAYBE_NULL | FLAG_UNTRUSTED)) !== 0) return false;
  switch (type & TYPE_BASE_MASK) {
    case TYPE_MAP_VALUE:
    case TYPE_MAP_KEY:
    case TYPE_MEM:
    case TYPE_CONST_MAP:
    case TYPE_SOCKET:
    case TYPE_SOCK_COMMON:
    case TYPE_TCP_SOCK:
      return true;
    default:
      return false;
  }
}

/** Remembers which scalars learn from this comparison together, so that precision reaches all of them. */
function noteLinked(s: Session, a: RegAddr, b: RegAddr): void {
  setLiveRegisters(s, s.path);
  const count = s.ops.collectLinked(s.path.state, a, b);
  if (count < 2) return;
  s.ops.noteLinked(s.historyEntry(), count);
}

/** Teaches both ways what the comparison says. `other` is the state on the jump's way. */
function learn(s: Session, branch: Branch, a: RegAddr, b: RegAddr, other: StateAddr): void {
  const { memory, ops } = s;
  const otherFrame = memory.frame(other, s.depth());
  const otherA = memory.reg(otherFrame, branch.dst);
  const isReg = branch.src.kind === 'reg';
  if (memory.isScalar(a) && (!isReg || memory.isScalar(b))) {
    const code = CODES[branch.op];
    if (branch.src.kind === 'imm') {
      ops.refineImm(code, branch.width, 0, a, branch.src.imm);
      ops.refineImm(code, branch.width, 1, otherA, branch.src.imm);
    } else {
      ops.refine(code, branch.width, 0, a, b);
      ops.refine(code, branch.width, 1, otherA, memory.reg(otherFrame, branch.src.reg));
    }
  }
  if (branch.src.kind === 'reg') {
    syncIfLinked(s, s.path.state, b);
    syncIfLinked(s, other, memory.reg(otherFrame, branch.src.reg));
  }
  syncIfLinked(s, s.path.state, a);
  syncIfLinked(s, other, otherA);
  if (branch.width === 32) {
    checkMayCompare(s, branch, a);
    return;
  }
  if (branch.src.kind === 'reg') liftNull(s, branch, a, b, otherA, memory.reg(otherFrame, branch.src.reg));
  const isNullCheck =
    branch.src.kind === 'imm' && branch.src.imm === 0 && (branch.op === 'jeq' || branch.op === 'jne');
  if (isNullCheck && memory.hasFlag(a, FLAG_MAYBE_NULL)) {
    const tested = { id: memory.id(a), refObjId: memory.refObjId(a) };
    learnNull(s, s.path.state, tested, branch.op === 'jne');
    learnNull(s, other, tested, branch.op === 'jeq');
  } else if (!isReg || !packetComparison(s, branch, other)) checkMayCompare(s, branch, a);
}

/** A comparison that was none with null, nor with where the packet ends, tells something of an address. */
function checkMayCompare(s: Session, { dst }: Branch, a: RegAddr): void {
  if (!s.rights.seesPointers && !s.memory.isScalar(a))
    refuse(pointerLeak, s.at, { problem: 'comparison', reg: dst });
}

function syncIfLinked(s: Session, state: StateAddr, reg: RegAddr): void {
  if (s.memory.isScalar(reg) && s.memory.id(reg) !== 0) s.ops.syncCollected(state, reg);
}

/** Equal to a pointer that is not null, a pointer is not null either. */
function liftNull(
  s: Session,
  branch: Branch,
  a: RegAddr,
  b: RegAddr,
  otherA: RegAddr,
  otherB: RegAddr,
): void {
  const { memory } = s;
  if (!memory.isPointer(a) || !memory.isPointer(b)) return;
  const aNull = memory.hasFlag(a, FLAG_MAYBE_NULL);
  if (aNull === memory.hasFlag(b, FLAG_MAYBE_NULL)) return;
  if (memory.baseType(a) === TYPE_BTF_ID || memory.baseType(b) === TYPE_BTF_ID) return;
  const equalSide = branch.op === 'jeq' ? [otherA, otherB] : branch.op === 'jne' ? [a, b] : undefined;
  const reg = equalSide?.[aNull ? 0 : 1];
  if (reg !== undefined) memory.setType(reg, memory.type(reg) & ~FLAG_MAYBE_NULL);
}
