import type { Btf, BtfTypeId } from '../btf/types.js';
import type { Helper } from '../helpers/helper.js';
import type { Hook } from '../hooks/hook.js';
import type { Insn, InsnIndex } from '../isa/index.js';
import type { MapFacts } from '../maps/map-type.js';
import type { LineInfo, StructOpsMember, SubprogramSpec } from '../object/spec.js';

import { check } from './check.js';
import type { Privileges } from './privileges.js';

/**
 * Decides whether a program is safe to run, as Linux 6.18 decides it, by following every path that it can take.
 *
 * @returns the facts that were proved, or the reason of the rejection. Nothing is thrown for any program.
 */
export function verify(program: VerifierProgram, options: VerifyOptions = {}): VerifyResult {
  return check(program, options);
}

/**
 * A program that is ready to be verified: relocated, except that a 64-bit immediate load of a map has the pseudo
 * source `map_idx` or `map_idx_value` with an index into `maps` in its first imm (Linux's fd_array forms).
 */
export interface VerifierProgram {
  readonly name: string;
  readonly insns: readonly Insn[];
  readonly hook: Hook;
  readonly attachType?: string;
  readonly license: string;
  readonly maps: readonly MapFacts[];
  readonly subprograms: readonly SubprogramSpec[];
  readonly lines: readonly LineInfo[];
  readonly btf: Btf | undefined;
  /** The types and functions of the kernel, which ids in the program name. */
  readonly kernelBtf?: Btf | undefined;
  /** Whether the kernel can tell the address of a symbol that its types list. Default: of each. */
  readonly hasSymbol?: ((name: string) => boolean) | undefined;
  /** In `kernelBtf`: the function, tracepoint or struct that a program of a BTF-typed hook is for. */
  readonly attachBtfId?: BtfTypeId | undefined;
  /** The member of a kernel struct that a struct_ops program implements. */
  readonly structOps?: StructOpsMember | undefined;
  /** Loaded as a program that may sleep. */
  readonly sleepable?: boolean | undefined;
}

export interface VerifyOptions {
  /** 0 none, 1 instructions and states, 2 every step, 4 statistics: Linux's bits. */
  readonly logLevel?: number;
  /** Facts of helpers; default: all that skep knows. */
  readonly helpers?: (id: number) => Helper | undefined;
  /** Processed instructions after which a program is too complex; Linux: 1,000,000. */
  readonly budget?: number;
  /** Of who loads the program. Default: all, as root has them. */
  readonly privileges?: Privileges;
  /** Possible CPUs of the kernel that the program is for: what bpf_get_smp_processor_id returns is less. Default: unknown. */
  readonly cpus?: number;
}

export type VerifyResult =
  | { readonly ok: true; readonly facts: ProgramFacts; readonly log: string; readonly stats: VerifyStats }
  | { readonly ok: false; readonly rejection: Rejection; readonly log: string; readonly stats: VerifyStats };

export interface VerifyStats {
  readonly processedInsns: number;
  readonly totalStates: number;
  readonly peakStates: number;
  readonly maxStatesPerInsn: number;
  readonly milliseconds: number;
}

/** One reason for which a program was refused, as data. Rendered by `log` (Linux's words) and `explain`. */
export interface Rejection {
  /** Id of the rule, the name of its file in `rules/`. */
  readonly rule: string;
  readonly insn: InsnIndex;
  /** Linux's final message. */
  readonly message: string;
  readonly errno:
    | 'EACCES'
    | 'EINVAL'
    | 'E2BIG'
    | 'EPERM'
    | 'EFAULT'
    | 'ENOTSUPP'
    | 'EBADF'
    | 'EEXIST'
    | 'ENOENT'
    | 'EBUSY';
  readonly line?: LineInfo;
  readonly facts: Readonly<Record<string, unknown>>;
  /** What a person can do about it. */
  readonly hint?: string;
}

/** What the verifier proved and the JIT may rely on; `insns[i]` speaks of instruction `i`. docs/architecture.md */
export interface ProgramFacts {
  readonly insns: readonly InsnFacts[];
}

export interface InsnFacts {
  /** False for code that no path reaches. */
  readonly reached: boolean;
  /** A helper call: the index in `maps` of its map argument when the same on every path. */
  readonly map?: number;
}
