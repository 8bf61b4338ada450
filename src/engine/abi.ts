import type { Insn, InsnIndex } from '../isa/index.js';
import type { MapFacts } from '../maps/map-type.js';
import type { ProgramFacts } from '../verifier/verify.js';

/**
 * What the parts of the engine agree on.
 *
 * One `WebAssembly.Memory` is the kernel's address space. A BPF pointer is an offset in it, zero-extended to 64 bits;
 * pages below `SYSTEM_BASE` read as zero. Contexts are laid out as in Linux's uapi headers, so that the 32-bit
 * `data`/`data_end` fields of `xdp_md` and `__sk_buff` hold addresses as they are and no access is rewritten.
 *
 * A compiled program is a wasm module. It imports
 * - `env.memory`; `env.table`, the function table shared by all programs of a CPU (tail calls, callbacks);
 * - `env.stack_pointer` (mutable i32): grows down; a function takes its frame by subtracting;
 * - `env.trap_code` (mutable i32): set before `unreachable`, a `TRAP` value;
 * - `env.cpu_area` (mutable i32): address of the current CPU's area (`CPU_*` in runtime/layout.ts);
 * - `env.budget` (mutable i64): only in sandbox mode: instructions left;
 * - `runtime.NAME`: an export of the AssemblyScript runtime; `host.NAME`: a helper written in TypeScript;
 * and exports `main(ctx: i64) -> i64`, in sandbox mode `main(r1: i64, r2: i64) -> i64`; and `tail`, what the slots of
 * program arrays must hold: the same as `main`, which besides starts the count of tail calls anew.
 */

/** Why a program stopped, in `env.trap_code`. */
export const TRAP = { none: 0, budget: 1, address: 2, stack: 3, badCall: 4 } as const;

/** A helper written in TypeScript: takes and returns unsigned 64-bit bigints. */
export type HostFunction = (...args: bigint[]) => bigint;

/** How a helper is reached from compiled code. Pointers and sizes are i32, addresses being offsets in the memory. */
export type HelperBinding =
  /** A runtime export. A result of i32 is zero-extended, or sign-extended when `signed`. */
  | {
      readonly kind: 'runtime';
      readonly name: string;
      readonly params: readonly ('i32' | 'i64')[];
      readonly result: 'i32' | 'i64' | 'void';
      readonly signed?: boolean;
    }
  /** A TypeScript function that takes `args` bigints (unsigned 64 bits) and returns one. */
  | { readonly kind: 'host'; readonly name: string; readonly args: number }
  /** bpf_tail_call: emitted by the JIT itself. */
  | { readonly kind: 'tail_call' };

/** A map as compiled code sees it. */
export interface MapBinding {
  /** Of the map's header: what a map argument holds. */
  readonly address: number;
  /** Of the first value, for maps that give direct value addresses; else 0. */
  readonly valueAddress: number;
  readonly facts: MapFacts;
}

/** Where a program counts what it does, for coverage: two u64 for each instruction, `COUNTERS` says which. */
export interface Counters {
  /** Of the first instruction's counters. */
  readonly address: number;
  /** Instructions that compiled code counts besides branches, which it always counts. The interpreter counts all. */
  readonly at: ReadonlySet<InsnIndex>;
}
/** How often the instruction was executed; how often its jump was taken; bytes of both. */
export const COUNTERS = { executed: 0, taken: 8, stride: 16 } as const;

/** Input of both engines. Map references in `insns` are `map_idx`/`map_idx_value` indexes into `maps`. */
export interface Executable {
  readonly insns: readonly Insn[];
  /** First instruction of each function, the main one first. */
  readonly functions: readonly InsnIndex[];
  readonly maps: readonly MapBinding[];
  /** `map`: the call's map argument, when it is the same on every path; picks a variant made for its type. */
  readonly helper: (id: number, map?: MapFacts) => HelperBinding | undefined;
  /** What the verifier proved; undefined for unverified code, which then must run in a sandbox. */
  readonly facts: ProgramFacts | undefined;
  /**
   * In a sandbox, what `callx` calls: a host function of six arguments, the register's value and r1–r5. Without it
   * `callx` is refused, as Linux refuses it.
   */
  readonly callByNumber?: Extract<HelperBinding, { readonly kind: 'host' }>;
  /** Checks addresses and counts down a budget: for code that nobody verified. */
  readonly sandbox: boolean;
  readonly counters?: Counters;
}
