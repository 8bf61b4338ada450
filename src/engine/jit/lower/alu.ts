import type { AluOp, Operation, Width } from '../../../isa/index.js';
import { WASM } from '../wasm/opcodes.js';
import { type FunctionContext, getLow, getOperand, getRegister, setFromLow, setRegister } from './context.js';

type Alu = Extract<Operation, { kind: 'alu' }>;

/** Operations for which wasm has the same one, shifts masking their count as BPF does. */
const DIRECT = {
  add: { 32: WASM.i32_add, 64: WASM.i64_add },
  sub: { 32: WASM.i32_sub, 64: WASM.i64_sub },
  mul: { 32: WASM.i32_mul, 64: WASM.i64_mul },
  or: { 32: WASM.i32_or, 64: WASM.i64_or },
  and: { 32: WASM.i32_and, 64: WASM.i64_and },
  xor: { 32: WASM.i32_xor, 64: WASM.i64_xor },
  lsh: { 32: WASM.i32_shl, 64: WASM.i64_shl },
  rsh: { 32: WASM.i32_shr_u, 64: WASM.i64_shr_u },
  arsh: { 32: WASM.i32_shr_s, 64: WASM.i64_shr_s },
} as const;

const DIVISION = {
  div: { 32: WASM.i32_div_u, 64: WASM.i64_div_u },
  sdiv: { 32: WASM.i32_div_s, 64: WASM.i64_div_s },
  mod: { 32: WASM.i32_rem_u, 64: WASM.i64_rem_u },
  smod: { 32: WASM.i32_rem_s, 64: WASM.i64_rem_s },
} as const;

type Direct = keyof typeof DIRECT;
type Division = keyof typeof DIVISION;

export function lowerAlu(context: FunctionContext, operation: Alu): void {
  const { op, width, dst, src } = operation;
  if (op === 'mov') {
    getOperand(context, src, width);
  } else if (isDivision(op)) {
    divide(context, operation, op);
  } else {
    getOperand(context, { kind: 'reg', reg: dst }, width);
    getOperand(context, src, width);
    context.code.op(DIRECT[op satisfies Direct][width]);
  }
  if (width === 32) setFromLow(context, dst);
  else setRegister(context, dst);
}

function isDivision(op: AluOp): op is Division {
  return op in DIVISION;
}

/**
 * Leaves a quotient or remainder. Division by zero gives 0, a remainder by zero the dividend, and the quotient of the
 * smallest number by -1 is itself (RFC 9669 section 4.1), where wasm would trap.
 */
function divide(context: FunctionContext, { width, dst, src }: Alu, op: Division): void {
  const { code } = context;
  const type = width === 32 ? 'i32' : 'i64';
  const dividend = (): void => getOperand(context, { kind: 'reg', reg: dst }, width);
  const divisor = (): void => getOperand(context, src, width);
  const remainder = op === 'mod' || op === 'smod';
  const otherwise = (): void => {
    dividend();
    divisor();
    code.op(DIVISION[op][width]);
  };
  const negated = (): void => {
    constant(context, width, 0);
    dividend();
    code.op(width === 32 ? WASM.i32_sub : WASM.i64_sub);
  };
  const nonZero = (): void => {
    if (op !== 'sdiv' || (src.kind === 'imm' && src.imm !== -1)) {
      otherwise();
      return;
    }
    if (src.kind === 'imm') {
      negated();
      return;
    }
    divisor();
    constant(context, width, -1);
    code.op(width === 32 ? WASM.i32_eq : WASM.i64_eq).if(type);
    negated();
    code.else();
    otherwise();
    code.end();
  };
  const byZero = (): void => (remainder ? dividend() : constant(context, width, 0));
  if (src.kind === 'imm') {
    if (src.imm === 0) byZero();
    else nonZero();
    return;
  }
  divisor();
  code.op(width === 32 ? WASM.i32_eqz : WASM.i64_eqz).if(type);
  byZero();
  code.else();
  nonZero();
  code.end();
}

function constant({ code }: FunctionContext, width: Width, value: number): void {
  if (width === 32) code.i32(value);
  else code.i64(value);
}

export function lowerNeg(
  context: FunctionContext,
  { width, dst }: Extract<Operation, { kind: 'neg' }>,
): void {
  constant(context, width, 0);
  getOperand(context, { kind: 'reg', reg: dst }, width);
  context.code.op(width === 32 ? WASM.i32_sub : WASM.i64_sub);
  if (width === 32) setFromLow(context, dst);
  else setRegister(context, dst);
}

export function lowerMovsx(
  context: FunctionContext,
  { width, bits, dst, src }: Extract<Operation, { kind: 'movsx' }>,
): void {
  if (width === 32) {
    getLow(context, src);
    // A sign extension of 32 bits to 32 is none, and is not encodable.
    context.code.op(bits === 8 ? WASM.i32_extend8_s : WASM.i32_extend16_s);
    setFromLow(context, dst);
    return;
  }
  getRegister(context, src);
  context.code.op(bits === 8 ? WASM.i64_extend8_s : bits === 16 ? WASM.i64_extend16_s : WASM.i64_extend32_s);
  setRegister(context, dst);
}

/** Byte order conversions for a little-endian machine: `le` truncates, `be` and `bswap` swap. */
export function lowerEnd(
  context: FunctionContext,
  { to, bits, dst }: Extract<Operation, { kind: 'end' }>,
): void {
  const { code } = context;
  if (to === 'le') {
    if (bits === 64) return;
    getRegister(context, dst);
    if (bits === 16) code.i64(0xffff).op(WASM.i64_and);
    else code.op(WASM.i32_wrap_i64, WASM.i64_extend_i32_u);
    setRegister(context, dst);
  } else if (bits === 64) {
    swap64(context, dst);
  } else {
    getLow(context, dst);
    if (bits === 16) swap16(context);
    else swap32(context);
    setFromLow(context, dst);
  }
}

/** Swaps the two low bytes of the i32 on the stack; zeroes above. */
export function swap16(context: FunctionContext): void {
  const word = context.scratch('i32');
  context.code.tee(word).i32(8).op(WASM.i32_shl).i32(0xff00).op(WASM.i32_and);
  context.code.get(word).i32(8).op(WASM.i32_shr_u).i32(0xff).op(WASM.i32_and, WASM.i32_or);
}

/** Swaps the bytes of the i32 on the stack. */
export function swap32(context: FunctionContext): void {
  const word = context.scratch('i32');
  context.code.tee(word).i32(8).op(WASM.i32_rotl).i32(0x00ff00ff).op(WASM.i32_and);
  context.code.get(word).i32(24).op(WASM.i32_rotl).i32(0xff00ff00).op(WASM.i32_and, WASM.i32_or);
}

function swap64(context: FunctionContext, reg: Extract<Operation, { kind: 'end' }>['dst']): void {
  const { code } = context;
  const word = context.scratch('i64');
  const exchange = (shift: number, mask: bigint): void => {
    code.get(word).i64(mask).op(WASM.i64_and).i64(shift).op(WASM.i64_shl);
    code.get(word).i64(shift).op(WASM.i64_shr_u).i64(mask).op(WASM.i64_and, WASM.i64_or);
  };
  getRegister(context, reg);
  code.set(word);
  exchange(8, 0x00ff00ff00ff00ffn);
  code.set(word);
  exchange(16, 0x0000ffff0000ffffn);
  code.i64(32).op(WASM.i64_rotl);
  setRegister(context, reg);
}
