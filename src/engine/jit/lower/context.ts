import type { Operand, Reg } from '../../../isa/index.js';
import { TRAP } from '../../abi.js';
import type { StackPlan } from '../analysis/stack.js';
import type { CodeBuilder } from '../wasm/code.js';
import { type ValueType, WASM } from '../wasm/opcodes.js';
import type { ModuleEnvironment } from './environment.js';

/** What the lowering of one function's instructions shares. */
export interface FunctionContext {
  readonly code: CodeBuilder;
  readonly environment: ModuleEnvironment;
  readonly plan: StackPlan;
  /** The i64 local of each register. */
  readonly registers: readonly number[];
  /** The i64 local of each frame slot that lives in one, by frame offset. */
  readonly slots: ReadonlyMap<number, number>;
  /** A scratch local that no other use needs at the same time. */
  readonly scratch: (type: ValueType, nth?: number) => number;
  /** Emits what must happen before the function is left: gives the frame back. */
  readonly leave: () => void;
}

export function getRegister({ code, registers }: FunctionContext, reg: Reg): void {
  code.get(registers[reg]!);
}

export function setRegister({ code, registers }: FunctionContext, reg: Reg): void {
  code.set(registers[reg]!);
}

/** The low half of a register as i32. */
export function getLow(context: FunctionContext, reg: Reg): void {
  getRegister(context, reg);
  context.code.op(WASM.i32_wrap_i64);
}

export function getOperand(context: FunctionContext, operand: Operand, width: 32 | 64): void {
  if (operand.kind === 'imm') {
    if (width === 32) context.code.i32(operand.imm);
    else context.code.i64(operand.imm);
  } else if (width === 32) getLow(context, operand.reg);
  else getRegister(context, operand.reg);
}

/** Sets a register to the i32 on the stack, zero-extended. */
export function setFromLow(context: FunctionContext, reg: Reg): void {
  context.code.op(WASM.i64_extend_i32_u);
  setRegister(context, reg);
}

/** Stops the program; nothing after it runs. */
export function trap({ code, environment }: FunctionContext, reason: keyof typeof TRAP): void {
  code.i32(TRAP[reason]).globalSet(environment.trapCode).op(WASM.unreachable);
}

/** Stops the program when the i32 on the stack is not 0. */
export function trapIf(context: FunctionContext, reason: keyof typeof TRAP): void {
  context.code.if();
  trap(context, reason);
  context.code.end();
}
