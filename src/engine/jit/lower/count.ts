import type { InsnIndex } from '../../../isa/index.js';
import { COUNTERS } from '../../abi.js';
import { WASM } from '../wasm/opcodes.js';
import type { FunctionContext } from './context.js';

/** Counts that an instruction is executed, when the program counts it (or `always`, if it counts at all). */
export function countExecuted({ code, environment }: FunctionContext, at: InsnIndex, always = false): void {
  const { counters } = environment.executable;
  if (counters === undefined || !(always || counters.at.has(at))) return;
  const address = counters.address + at * COUNTERS.stride + COUNTERS.executed;
  code.i32(address).i32(address).memory(WASM.i64_load, 0);
  code.i64(1).op(WASM.i64_add).memory(WASM.i64_store, 0);
}

/** Counts that a branch is taken, from the i32 on the stack that says so (or the opposite), which stays there. */
export function countTaken(context: FunctionContext, at: InsnIndex, inverted: boolean): void {
  const { code, environment } = context;
  const { counters } = environment.executable;
  if (counters === undefined) return;
  const taken = context.scratch('i32', 3);
  const address = counters.address + at * COUNTERS.stride + COUNTERS.taken;
  code.set(taken).i32(address).i32(address).memory(WASM.i64_load, 0).get(taken).op(WASM.i32_eqz);
  if (!inverted) code.op(WASM.i32_eqz);
  code.op(WASM.i64_extend_i32_u, WASM.i64_add).memory(WASM.i64_store, 0).get(taken);
}
