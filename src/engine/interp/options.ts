import type { InsnIndex } from '../../isa/index.js';
import type { Executable, HostFunction } from '../abi.js';
import type { ByteMemory } from './memory.js';

/** A wasm export of the runtime: takes and returns i32 as number, i64 as bigint. */
export type RuntimeFunction = (...args: (number | bigint)[]) => number | bigint | undefined;

/** What a program runs in. */
export interface InterpreterOptions {
  readonly memory: ByteMemory;
  /** First argument: the context, or in a sandbox the input memory. */
  readonly r1: bigint;
  /** Second argument, in a sandbox the length of the input memory. Default 0. */
  readonly r2?: bigint;
  /** Runs another function than the main one, as a helper that calls it back does: where it starts, and its r1 to r5. */
  readonly entry?: { readonly start: InsnIndex; readonly args: readonly bigint[] };
  /** `env.stack_pointer`: kept below the program's frames while a helper runs, which may call other functions. */
  readonly stackPointer?: { value: number };
  /** The address of a function of a program: what `call_indirect` of a helper takes. Default: where it starts. */
  readonly callback?: (executable: Executable, start: InsnIndex) => number;
  /** End of the stack: the first function's r10. The stack grows down by 512 bytes a function. */
  readonly stackTop: number;
  /** Instructions after which the program is stopped with `EXEC_BUDGET`. */
  readonly budget: number;
  /** Exports of the runtime by name, for helpers bound to it. */
  readonly runtime?: Readonly<Record<string, unknown>>;
  /** TypeScript helpers by name. */
  readonly host?: Readonly<Record<string, HostFunction>>;
  /** bpf_tail_call: the program to go on with; undefined when the slot is empty or the index out of range. */
  readonly tailCall?: (ctx: bigint, map: bigint, index: number) => Executable | undefined;
  /**
   * LD_ABS and LD_IND: `bytes` bytes at a packet offset in network order as an unsigned number, undefined when they
   * are not in the packet, which ends the function with r0 = 0. Default: the packet between the `data` and `data_end`
   * of the `__sk_buff` that r6 points to.
   */
  readonly skbLoad?: (ctx: bigint, offset: number, bytes: number) => bigint | undefined;
  /** Called before each instruction with the live registers r0–r10: do not change or keep them. */
  readonly onStep?: (index: InsnIndex, registers: BigUint64Array, depth: number) => void;
  /** Called before an instruction of the program (not a helper) writes so many bytes. */
  readonly onWrite?: (address: number, bytes: number) => void;
}
