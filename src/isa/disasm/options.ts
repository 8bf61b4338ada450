import type { Insn } from '../insn.js';

/** How instructions are written as text. */
export interface DisasmOptions {
  /**
   * Whose words to use where they differ:
   * - `bpftool` (default): `bpftool prog dump xlated`; maps are `map[id:3][0]+8`, callbacks `subprog[+5]`.
   * - `verifier`: the verifier's log; every 64-bit immediate is a number.
   * - `asm`: as `bpftool`, but without loss: `assemble` reads it back to the same instructions, whatever they are.
   */
  readonly style?: 'bpftool' | 'verifier' | 'asm';
  /** Puts the opcode before the instruction: `(b7) r0 = 0`. */
  readonly opcode?: boolean;
  /** The name of a helper, e.g. `bpf_map_lookup_elem`; undefined when there is none: `unknown` is written. */
  readonly helperName?: (id: number) => string | undefined;
  /** The name of a kernel function that a call names by its BTF id. */
  readonly kfuncName?: (btfId: number, insn: Insn) => string | undefined;
  /** What follows `call pc` for a local call, e.g. `+3#subprogram`; default the offset alone. */
  readonly localCall?: (insn: Insn, index: number) => string | undefined;
  /** The text of a 64-bit immediate; undefined for the style's own. */
  readonly imm64?: (insn: Insn, value: bigint, index: number) => string | undefined;
}
