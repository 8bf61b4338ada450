import type { Operation } from '../../isa/index.js';
import type { Session } from '../explore/session.js';
import { checkMapValue, mapOf } from '../obligations/memory.js';
import { MAX_STACK } from '../obligations/stack-bounds.js';
import { tnumText } from '../obligations/text.js';
import { Refusal, refuse } from '../rules/rule.js';
import { speculation } from '../rules/speculation.js';
import type { RegAddr } from '../state/domain.js';
import {
  REG_S32_MAX,
  REG_S32_MIN,
  REG_SMAX,
  REG_SMIN,
  REG_U32_MAX,
  REG_U32_MIN,
  REG_UMAX,
  REG_UMIN,
  TYPE_MAP_VALUE,
  TYPE_STACK,
} from '../state/layout.js';
import {
  ALU_IMMEDIATE,
  ALU_MASKS_SOURCE,
  ALU_MASKS_TARGET,
  ALU_NEGATIVE,
  ALU_NON_POINTER,
  type Guards,
} from './guards.js';
import { guessWrong, isSpeculative } from './paths.js';

type Alu = Operation & { kind: 'alu' };

/** How a move of a pointer will be masked, until it is known where the pointer gets to. */
export interface Move {
  readonly guards: Guards;
  readonly toLeft: boolean;
  readonly mask: number;
  readonly limit: number;
}

/** Whether Linux masks this instruction: sums and differences with a register, where no barrier stands. */
function guardsOf(s: Session, { op, src }: Alu): Guards | undefined {
  const { guards } = s;
  const isSum = op === 'add' || op === 'sub';
  if (guards?.v1 !== true || !isSum || src.kind === 'imm' || guards.barrierBefore[s.at] === 1)
    return undefined;
  return guards;
}

/** The sum of two numbers is not masked; on another path it may not be one of a pointer. */
export function guardScalars(s: Session, operation: Alu): void {
  const guards = guardsOf(s, operation);
  if (guards !== undefined && !guards.mask(s.at, ALU_NON_POINTER, 0)) refusePaths(s, operation);
}

/**
 * Before a pointer moves: whether its move can be masked. Sets the way aside on which the mask has made the number 0.
 *
 * @param target the register that will hold the pointer.
 * @returns what `guardMoved` needs; undefined when there is nothing to mask.
 */
export function guardMove(
  s: Session,
  operation: Alu,
  pointer: RegAddr,
  scalar: RegAddr,
  target: RegAddr,
): Move | undefined {
  const guards = guardsOf(s, operation);
  if (guards === undefined) return undefined;
  const { memory } = s;
  const isConst = memory.isConst(scalar);
  const speculative = isSpeculative(s);
  const move = speculative ? undefined : plan(s, operation, guards, pointer, scalar, target);
  if (!isConst) simulate(s, operation, pointer, target);
  return move;
}

function plan(
  s: Session,
  operation: Alu,
  guards: Guards,
  pointer: RegAddr,
  scalar: RegAddr,
  target: RegAddr,
): Move {
  const { memory, ops } = s;
  const isConst = memory.isConst(scalar);
  const isNegative = memory.sminNumber(scalar) < 0;
  if (!isConst && isNegative !== memory.smaxNumber(scalar) < 0)
    refuse(speculation, s.at, { problem: 'bounds', reg: scalarRegister(operation, pointer === target) });
  const toLeft = (operation.op === 'add') === isNegative;
  const mask =
    (isNegative ? ALU_NEGATIVE : 0) |
    (isConst ? ALU_IMMEDIATE : 0) |
    (pointer === target ? ALU_MASKS_SOURCE : ALU_MASKS_TARGET);
  if (!isConst) ops.setScalarsExact(true);
  return { guards, toLeft, mask, limit: limitOf(s, operation, pointer, target, toLeft) };
}

/** On a wrong guess the mask makes the number 0, and the pointer stays where it was. */
function simulate(s: Session, { dst }: Alu, pointer: RegAddr, target: RegAddr): void {
  const { memory, ops } = s;
  const state = guessWrong(s, s.at + 1);
  const copy = memory.reg(memory.currentFrame(state), dst);
  if (pointer === target) unsettle(s, copy);
  else ops.copyReg(copy, pointer);
}

/** Linux has forgotten the pointer's 32-bit ranges when it sets the way aside, and notes the contradiction later. */
function unsettle({ memory }: Session, reg: RegAddr): void {
  memory.setWord(reg + REG_U32_MIN, 0);
  memory.setWord(reg + REG_U32_MAX, -1);
  memory.setWord(reg + REG_S32_MIN, -0x8000_0000);
  memory.setWord(reg + REG_S32_MAX, 0x7fff_ffff);
}

/** A copy of such a pointer: Linux forgets its 64-bit ranges as well, and says so. */
export function settleCopy(s: Session, reg: RegAddr): void {
  const { memory } = s;
  if (!memory.isPointer(reg) || !memory.isConst(reg)) return;
  if (memory.word(reg + REG_U32_MIN) !== 0 || memory.word(reg + REG_U32_MAX) !== -1) return;
  s.log.line(`verifier bug: REG INVARIANTS VIOLATION (alu): const subreg tnum out of sync with range bounds`);
  memory.setWord(reg + REG_UMIN, 0);
  memory.setWord(reg + REG_UMIN + 4, 0);
  memory.setWord(reg + REG_UMAX, -1);
  memory.setWord(reg + REG_UMAX + 4, -1);
  memory.setWord(reg + REG_SMIN, 0);
  memory.setWord(reg + REG_SMIN + 4, -0x8000_0000);
  memory.setWord(reg + REG_SMAX, -1);
  memory.setWord(reg + REG_SMAX + 4, 0x7fff_ffff);
}

/** After it: the pointer is still inside, and all paths mask this instruction alike. */
export function guardMoved(s: Session, operation: Alu, target: RegAddr, move: Move | undefined): void {
  if (s.guards?.v1 !== true) return;
  checkInside(s, operation.dst, target);
  if (move === undefined) return;
  const reached = limitOf(s, operation, target, target, move.toLeft);
  const limit = Math.abs((move.limit - reached) | 0);
  if (!move.guards.mask(s.at, move.mask, limit)) refusePaths(s, operation);
}

function refusePaths(s: Session, { dst, op }: Alu): never {
  return refuse(speculation, s.at, { problem: 'paths', reg: dst, op: op === 'add' ? 'add' : 'sub' });
}

function pointerRegister({ dst, src }: Alu, pointerIsTarget: boolean): number {
  return pointerIsTarget || src.kind === 'imm' ? dst : src.reg;
}

function scalarRegister({ dst, src }: Alu, pointerIsTarget: boolean): number {
  return pointerIsTarget && src.kind === 'reg' ? src.reg : dst;
}

/** How far the pointer may go in this direction: bytes, in 32 bits as Linux counts them. */
function limitOf(s: Session, operation: Alu, pointer: RegAddr, target: RegAddr, toLeft: boolean): number {
  const { memory } = s;
  const { dst, op } = operation;
  const off = memory.off(pointer);
  let limit: number;
  let max: number;
  switch (memory.type(pointer)) {
    case TYPE_STACK:
      max = MAX_STACK + (toLeft ? 1 : 0);
      limit = -(memory.constLow32(pointer) + off) >>> 0;
      break;
    case TYPE_MAP_VALUE:
      max = mapOf(s, pointer).valueSize;
      limit = (Number(BigInt.asUintN(32, toLeft ? memory.smin(pointer) : memory.umax(pointer))) + off) >>> 0;
      break;
    default:
      return refuse(speculation, s.at, {
        problem: 'type',
        reg: pointerRegister(operation, pointer === target),
      });
  }
  if (limit >= max)
    refuse(speculation, s.at, { problem: 'limit', reg: dst, op: op === 'add' ? 'add' : 'sub' });
  return limit;
}

/** A guarded pointer never leaves what it points into, not even on the way to a good place. */
function checkInside(s: Session, reg: number, target: RegAddr): void {
  const { memory } = s;
  switch (memory.type(target)) {
    case TYPE_STACK: {
      const low = memory.isConst(target) ? memory.constLow32(target) : 0;
      const off =
        memory.off(target) +
        (memory.isConst(target) ? low : Number(BigInt.asIntN(32, memory.tnumValue(target))));
      if (!memory.isConst(target))
        refuse(speculation, s.at, { problem: 'variable_stack', reg, varOff: tnumText(memory, target), off });
      if (off >= 0 || off < -MAX_STACK) refuse(speculation, s.at, { problem: 'stack_range', reg, off });
      return;
    }
    case TYPE_MAP_VALUE:
      checkInsideValue(s, reg, target);
      return;
    default:
      return;
  }
}

function checkInsideValue(s: Session, reg: number, target: RegAddr): void {
  try {
    checkMapValue(s, reg, s.memory.off(target), 1, false, true);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refuse(speculation, s.at, { problem: 'value_range', reg, why: error.message });
  }
}
