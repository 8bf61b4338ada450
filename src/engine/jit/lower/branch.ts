import type { BranchOp, Operation } from '../../../isa/index.js';
import { WASM } from '../wasm/opcodes.js';
import { type FunctionContext, getOperand } from './context.js';

const COMPARE = {
  jeq: { 32: WASM.i32_eq, 64: WASM.i64_eq, not: 'jne' },
  jne: { 32: WASM.i32_ne, 64: WASM.i64_ne, not: 'jeq' },
  jgt: { 32: WASM.i32_gt_u, 64: WASM.i64_gt_u, not: 'jle' },
  jge: { 32: WASM.i32_ge_u, 64: WASM.i64_ge_u, not: 'jlt' },
  jlt: { 32: WASM.i32_lt_u, 64: WASM.i64_lt_u, not: 'jge' },
  jle: { 32: WASM.i32_le_u, 64: WASM.i64_le_u, not: 'jgt' },
  jsgt: { 32: WASM.i32_gt_s, 64: WASM.i64_gt_s, not: 'jsle' },
  jsge: { 32: WASM.i32_ge_s, 64: WASM.i64_ge_s, not: 'jslt' },
  jslt: { 32: WASM.i32_lt_s, 64: WASM.i64_lt_s, not: 'jsge' },
  jsle: { 32: WASM.i32_le_s, 64: WASM.i64_le_s, not: 'jsgt' },
} as const satisfies Record<
  Exclude<BranchOp, 'jset'>,
  { readonly 32: number; readonly 64: number; readonly not: BranchOp }
>;

/** Leaves the i32 that is not 0 when the jump is taken; when it is not taken, if `inverted`. */
export function lowerCondition(
  context: FunctionContext,
  { op, width, dst, src }: Extract<Operation, { kind: 'branch' }>,
  inverted: boolean,
): void {
  const { code } = context;
  const isZero = width === 32 ? WASM.i32_eqz : WASM.i64_eqz;
  getOperand(context, { kind: 'reg', reg: dst }, width);
  if (op === 'jset') {
    getOperand(context, src, width);
    code.op(width === 32 ? WASM.i32_and : WASM.i64_and, isZero);
    if (!inverted) code.op(WASM.i32_eqz);
    return;
  }
  const effective = inverted ? COMPARE[op].not : op;
  if (src.kind === 'imm' && src.imm === 0 && (effective === 'jeq' || effective === 'jne')) {
    code.op(isZero);
    if (effective === 'jne') code.op(WASM.i32_eqz);
    return;
  }
  getOperand(context, src, width);
  code.op(COMPARE[effective][width]);
}
