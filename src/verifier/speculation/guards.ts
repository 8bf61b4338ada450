/** How pointer arithmetic of one instruction is masked: Linux's `BPF_ALU_*`. */
export const ALU_NON_POINTER = 1;
export const ALU_IMMEDIATE = 2;
export const ALU_MASKS_SOURCE = 4;
export const ALU_MASKS_TARGET = 8;
export const ALU_NEGATIVE = 16;

/**
 * What guards a program against speculation, by instruction. Only programs that need guarding have one.
 *
 * Since Linux 6.17 a mistake on a way that only a wrong guess takes does not refuse the program: a barrier before the
 * instruction ends the way there.
 */
export class Guards {
  /** Spectre v1 and v4: each only where this kernel and its user ask for it. */
  readonly v1: boolean;
  readonly v4: boolean;
  /** A barrier stands before the instruction: no guess gets to it. */
  readonly barrierBefore: Uint8Array;
  /** A barrier stands behind the instruction: what it stored is there for good. */
  readonly barrierAfter: Uint8Array;
  /** How the instruction's arithmetic is masked, 0 for not at all, and by which limit. */
  readonly #mask: Uint8Array;
  readonly #limit: Uint32Array;

  constructor(length: number, v1: boolean, v4: boolean) {
    this.v1 = v1;
    this.v4 = v4;
    this.barrierBefore = new Uint8Array(length);
    this.barrierAfter = new Uint8Array(length);
    this.#mask = new Uint8Array(length);
    this.#limit = new Uint32Array(length);
  }

  /** Masks the arithmetic of an instruction; false when another path needs another mask. */
  mask(insn: number, state: number, limit: number): boolean {
    const before = this.#mask[insn] as number;
    if (before !== 0 && (before !== state || this.#limit[insn] !== limit)) return false;
    this.#mask[insn] = state;
    this.#limit[insn] = limit;
    return true;
  }

  /** A mistake under speculation: nothing gets here by a guess any more. */
  stopBefore(insn: number): void {
    this.barrierBefore[insn] = 1;
    this.#mask[insn] = 0;
  }
}
