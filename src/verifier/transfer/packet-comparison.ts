import type { BranchOp } from '../../isa/index.js';
import type { Session } from '../explore/session.js';
import type { RegAddr, StateAddr } from '../state/domain.js';
import { FLAG_PACKET_SLICE, TYPE_PACKET, TYPE_PACKET_END, TYPE_PACKET_META } from '../state/layout.js';
import type { Branch } from './branch.js';

/** The pointer stands at data_end, or behind it: Linux's marks in the range. */
const AT_END = -1;
const BEYOND_END = -2;
const MAX_PACKET_OFFSET = 0xffff;

const FLIPPED: Partial<Record<BranchOp, BranchOp>> = { jgt: 'jlt', jlt: 'jgt', jge: 'jle', jle: 'jge' };

/** Whether a comparison with data_end has only one outcome left after an earlier one. */
export function packetOutcome(s: Session, op: BranchOp, a: RegAddr, b: RegAddr): number {
  const { memory } = s;
  const endIsSecond = memory.type(b) === TYPE_PACKET_END;
  if (!endIsSecond && memory.type(a) !== TYPE_PACKET_END) return -1;
  const relation = endIsSecond ? op : (FLIPPED[op] ?? op);
  const range = memory.range(endIsSecond ? a : b);
  if (range >= 0) return -1;
  if (relation === 'jle' || relation === 'jgt') return range === BEYOND_END ? Number(relation === 'jgt') : -1;
  if (relation === 'jlt' || relation === 'jge') return Number(relation === 'jge');
  return -1;
}

/**
 * What each way learns from comparing a packet pointer with data_end, or a metadata pointer with data: the bytes before
 * the pointer can be read where it is not beyond.
 *
 * @returns whether it was such a comparison.
 */
export function packetComparison(s: Session, branch: Branch, other: StateAddr): boolean {
  if (branch.src.kind !== 'reg') return false;
  const { memory } = s;
  const here = s.path.state;
  const a = s.reg(branch.dst);
  const b = s.reg(branch.src.reg);
  let relation: BranchOp = branch.op;
  let regno: number = branch.dst;
  if (isBounded(s, a, b)) regno = branch.dst;
  else if (isBounded(s, b, a)) {
    regno = branch.src.reg;
    relation = FLIPPED[branch.op] ?? 'jeq';
  } else return false;
  const pointer = s.reg(regno);
  const type = memory.type(pointer);
  switch (relation) {
    case 'jgt':
      prove(s, here, pointer, type, false);
      markEnd(s, other, regno, true);
      return true;
    case 'jge':
      prove(s, here, pointer, type, true);
      markEnd(s, other, regno, false);
      return true;
    case 'jlt':
      prove(s, other, pointer, type, true);
      markEnd(s, here, regno, false);
      return true;
    case 'jle':
      prove(s, other, pointer, type, false);
      markEnd(s, here, regno, true);
      return true;
    default:
      return false;
  }
}

/** `pointer` is what a comparison with `bound` bounds. */
function isBounded(s: Session, pointer: RegAddr, bound: RegAddr): boolean {
  const { memory } = s;
  const type = memory.type(pointer);
  if (type === TYPE_PACKET) return memory.type(bound) === TYPE_PACKET_END;
  return type === TYPE_PACKET_META && isPacketStart(s, bound);
}

function isPacketStart(s: Session, reg: RegAddr): boolean {
  const { memory } = s;
  return (
    memory.type(reg) === TYPE_PACKET && memory.id(reg) === 0 && memory.off(reg) === 0 && memory.isZero(reg)
  );
}

/** @param open the byte that the pointer points to is proved too. */
function prove(s: Session, state: StateAddr, pointer: RegAddr, type: number, open: boolean): void {
  const { memory } = s;
  const off = memory.off(pointer);
  if (off < 0 || (off === 0 && open)) return;
  const umax = memory.umaxNumber(pointer);
  if (umax > MAX_PACKET_OFFSET || umax + off > MAX_PACKET_OFFSET) return;
  s.ops.setPacketRange(state, type, memory.id(pointer), open ? off + 1 : off);
}

function markEnd(s: Session, state: StateAddr, regno: number, beyond: boolean): void {
  const { memory } = s;
  const reg = memory.reg(memory.currentFrame(state), regno);
  if (memory.type(reg) === TYPE_PACKET) memory.setRange(reg, beyond ? BEYOND_END : AT_END);
}

/** After a helper that may move or resize the packet no packet pointer is good any more. */
export function forgetPacket(s: Session): void {
  const { memory, ops } = s;
  ops.walkStart(s.path.state);
  for (let reg = ops.walkNext(); reg !== 0; reg = ops.walkNext()) {
    const type = memory.type(reg);
    const isPacket = type === TYPE_PACKET || type === TYPE_PACKET_META || type === TYPE_PACKET_END;
    if (isPacket || (type & FLAG_PACKET_SLICE) !== 0) s.forget(reg);
  }
}
