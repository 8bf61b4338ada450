import type { Operation } from '../../isa/index.js';
import { ALU_OPS } from '../../isa/index.js';
import type { Session } from '../explore/session.js';
import { typeText } from '../log/state-text.js';
import { MAX_VARIABLE_OFFSET } from '../obligations/memory-region.js';
import { markPrecise } from '../prune/precision.js';
import { pointerArithmetic } from '../rules/pointer-arithmetic.js';
import { pointerOffset } from '../rules/pointer-offset.js';
import { refuse } from '../rules/rule.js';
import { guardMove, guardMoved } from '../speculation/pointer-moves.js';
import type { RegAddr } from '../state/domain.js';
import {
  FLAG_MAYBE_NULL,
  FLAG_UNTRUSTED,
  REG_SMIN,
  TYPE_ARENA,
  TYPE_BASE_MASK,
  TYPE_BTF_ID,
  TYPE_BUF,
  TYPE_CONST_MAP,
  TYPE_CTX,
  TYPE_DYNPTR,
  TYPE_FLOW_KEYS,
  TYPE_FUNC,
  TYPE_MAP_KEY,
  TYPE_MAP_VALUE,
  TYPE_MEM,
  TYPE_PACKET,
  TYPE_PACKET_META,
  TYPE_STACK,
  TYPE_TP_BUFFER,
} from '../state/layout.js';

type Alu = Operation & { kind: 'alu' };
const SYMBOLS = new Map(
  ALU_OPS.map(({ name, symbol }) => [name as string, symbol.replace('s/=', '/=').replace('s%=', '%=')]),
);
const INT_MIN = -0x8000_0000;

/** Arithmetic with a pointer in it. `source` is 0 for an immediate. */
export function movePointer(
  s: Session,
  operation: Alu,
  target: RegAddr,
  source: RegAddr,
  dstScalar: boolean,
  srcScalar: boolean,
): void {
  const { op, dst, src } = operation;
  // Wherever it leads, accesses through it stay in the arena; whatever it is added to leads there too.
  if (s.memory.type(target) === TYPE_ARENA) return;
  if (source !== 0 && s.memory.type(source) === TYPE_ARENA) {
    s.ops.copyReg(target, source);
    return;
  }
  if (!dstScalar && !srcScalar) {
    // The distance of two pointers is a number; a privileged program may know it.
    if (op !== 'sub' || !s.rights.seesPointers)
      refuse(pointerArithmetic, s.at, { kind: 'two_pointers', reg: dst, op: SYMBOLS.get(op) ?? op });
    s.ops.markUnknown(target);
    return;
  }
  if (!srcScalar) {
    markPrecise(s, dst);
    addToPointer(s, operation, source, target, target);
    return;
  }
  if (src.kind === 'reg') {
    markPrecise(s, src.reg);
    addToPointer(s, operation, target, source, target);
    return;
  }
  const constant = s.constant();
  s.ops.moveImm(64, constant, src.imm);
  addToPointer(s, operation, target, constant, target);
}

function addToPointer(s: Session, operation: Alu, pointer: RegAddr, scalar: RegAddr, target: RegAddr): void {
  const { memory, ops } = s;
  const { op, dst, width } = operation;
  const type = memory.type(pointer);
  const word = typeText(type);
  if (memory.isConst(scalar) ? false : memory.sminNumber(scalar) > memory.smaxNumber(scalar)) {
    ops.markUnknown(target);
    return;
  }
  if (width === 32) {
    if (op === 'sub' && s.rights.seesPointers) {
      ops.markUnknown(target);
      return;
    }
    refuse(pointerArithmetic, s.at, { kind: 'width', reg: dst });
  }
  if ((type & FLAG_MAYBE_NULL) !== 0) refuse(pointerArithmetic, s.at, { kind: 'null', reg: dst, type: word });
  // Accesses there are made with care at run time, wherever they are.
  if ((type & TYPE_BASE_MASK) === TYPE_MEM && (type & FLAG_UNTRUSTED) !== 0) return;
  checkMovable(s, operation, type, scalar, word);
  checkSaneOffset(s, scalar, word);
  checkSaneOffset(s, pointer, word);
  const move = guardMove(s, operation, pointer, scalar, target);
  switch (op) {
    case 'add':
      ops.pointerAdd(target, pointer, scalar);
      break;
    case 'sub':
      if (target === scalar) refuse(pointerArithmetic, s.at, { kind: 'scalar_minus', reg: dst });
      if (type === TYPE_STACK) refuse(pointerArithmetic, s.at, { kind: 'stack_minus', reg: dst });
      ops.pointerSub(target, pointer, scalar);
      break;
    case 'and':
    case 'or':
    case 'xor':
      refuse(pointerArithmetic, s.at, { kind: 'bitwise', reg: dst, op: SYMBOLS.get(op) ?? op });
      return;
    default:
      refuse(pointerArithmetic, s.at, { kind: 'operator', reg: dst, op: SYMBOLS.get(op) ?? op });
      return;
  }
  checkSaneOffset(s, target, word);
  guardMoved(s, operation, target, move);
}

function checkMovable(s: Session, operation: Alu, type: number, scalar: RegAddr, word: string): void {
  const { memory } = s;
  switch (type & TYPE_BASE_MASK) {
    case TYPE_CTX:
    case TYPE_MAP_VALUE:
    case TYPE_MAP_KEY:
    case TYPE_STACK:
    case TYPE_PACKET:
    case TYPE_PACKET_META:
    case TYPE_MEM:
    case TYPE_TP_BUFFER:
    case TYPE_BTF_ID:
    case TYPE_BUF:
    case TYPE_FUNC:
    case TYPE_DYNPTR:
      return;
    case TYPE_FLOW_KEYS:
      if (memory.isConst(scalar)) return;
      break;
    case TYPE_CONST_MAP:
      // Adding nothing is how compilers sometimes copy.
      if (operation.op === 'add' && memory.isZero(scalar)) return;
      break;
  }
  refuse(pointerArithmetic, s.at, { kind: 'type', reg: operation.dst, type: word });
}

/** Offsets stay far from where a pointer could wrap around. */
function checkSaneOffset(s: Session, reg: RegAddr, type: string): void {
  const { memory } = s;
  const smin = memory.sminNumber(reg);
  if (memory.isConst(reg)) {
    const value = memory.constNumber(reg) ?? Number.POSITIVE_INFINITY;
    if (value >= MAX_VARIABLE_OFFSET || value <= -MAX_VARIABLE_OFFSET) {
      const exact = BigInt.asIntN(64, memory.constValue(reg));
      refuse(pointerOffset, s.at, { kind: 'constant', type, value: exact });
    }
  }
  const off = memory.isScalar(reg) ? 0 : memory.off(reg);
  if (off >= MAX_VARIABLE_OFFSET || off <= -MAX_VARIABLE_OFFSET)
    refuse(pointerOffset, s.at, { kind: 'offset', type, value: off });
  if (memory.word(reg + REG_SMIN) === 0 && memory.word(reg + REG_SMIN + 4) === INT_MIN)
    refuse(pointerOffset, s.at, { kind: 'unbounded', type, value: 0 });
  if (smin >= MAX_VARIABLE_OFFSET || smin <= -MAX_VARIABLE_OFFSET)
    refuse(pointerOffset, s.at, { kind: 'value', type, value: memory.smin(reg) });
}
