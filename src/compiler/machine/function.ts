import type { Operation, Width } from '../../isa/index.js';
import type { SourceLocation } from '../ir/metadata.js';
import type { CoreRecord, MachineInstruction, SymbolReference } from './instruction.js';

export interface MachineBlock {
  /** Phis first; a terminator last: goto, branch, exit, unreachable, or an asm that has `next`. */
  readonly instructions: readonly MachineInstruction[];
  /** How often it runs, relative to its function's entry (1): loops and unlikely paths. */
  readonly frequency: number;
}

/** Room on the stack, of a variable whose address is taken. */
export interface StackSlot {
  readonly bytes: number;
  readonly align: number;
  /** The variable's name in C, for the message when the stack is full. */
  readonly name: string | undefined;
  readonly location: SourceLocation | undefined;
}

/** A function after instruction selection, before registers are allocated. */
export interface MachineFunction {
  /** Index in `IrModule.functions`. */
  readonly index: number;
  readonly name: string;
  readonly blocks: readonly MachineBlock[];
  /** By {@link VirtualRegister}. */
  readonly registers: readonly Width[];
  readonly slots: readonly StackSlot[];
  /** Only inline assembly: no code is added, and the assembly's own registers are all there is. */
  readonly naked: boolean;
}

/** An instruction in its final place; offsets of jumps are final, and count slots. */
export interface CompiledInstruction {
  readonly operation: Operation;
  /**
   * What a relocation must fill in: the address of an ld_imm64, or the target of a call. A call of a function
   * in the same section is one as well: who lays out sections knows the distance.
   */
  readonly symbol?: SymbolReference | undefined;
  readonly location?: SourceLocation | undefined;
  readonly core?: CoreRecord | undefined;
}

/** A function as it goes into its section. */
export interface CompiledFunction {
  /** Index in `IrModule.functions`, which knows its name, section, linkage and debug information. */
  readonly index: number;
  readonly instructions: readonly CompiledInstruction[];
  /** Bytes of stack that it uses. */
  readonly stackBytes: number;
}
