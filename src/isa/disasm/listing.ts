import type { Insn } from '../insn.js';
import { OPCODE_LD_IMM64 } from '../opcodes.js';
import { formatInsn } from './format.js';
import type { DisasmOptions } from './options.js';

/** One line of a disassembly. */
export interface DisassembledInsn {
  readonly index: number;
  /** Slots that it takes: 2 for a 64-bit immediate load. */
  readonly slots: 1 | 2;
  readonly text: string;
}

/** A whole program as text, one entry for each instruction; second halves of 64-bit immediates have none. */
export function disassemble(insns: readonly Insn[], options: DisasmOptions = {}): DisassembledInsn[] {
  const lines: DisassembledInsn[] = [];
  for (let index = 0; index < insns.length; ) {
    // `asm` writes a malformed pair as two `.insn` lines, so that nothing is lost.
    const text = formatInsn(insns, index, options);
    const pair =
      insns[index]?.opcode === OPCODE_LD_IMM64 && index + 1 < insns.length && !text.includes('.insn');
    lines.push({ index, slots: pair ? 2 : 1, text });
    index += pair ? 2 : 1;
  }
  return lines;
}

/** A whole program laid out as `bpftool prog dump xlated` prints it: `   0: (b7) r0 = 0`. Ends with a newline. */
export function formatListing(insns: readonly Insn[], options: DisasmOptions = {}): string {
  return disassemble(insns, { opcode: true, ...options })
    .map(({ index, text }) => `${String(index).padStart(4)}: ${text}\n`)
    .join('');
}
