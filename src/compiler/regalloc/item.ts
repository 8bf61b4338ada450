import type { BranchOp, Operation, Reg, Width } from '../../isa/index.js';
import type { SourceLocation } from '../ir/metadata.js';
import type {
  CoreRecord,
  MachineBlockId,
  MachineInstruction,
  SymbolReference,
} from '../machine/instruction.js';

/**
 * What registers are given to: 0 to 9 are r0 to r9 themselves, those from {@link FIRST_VIRTUAL} on are the machine
 * code's virtual registers and those that allocation adds.
 */
export type Node = number;
export const FIRST_VIRTUAL = 10;
/** The frame pointer; never given to anyone. */
export const FRAME_POINTER: Reg = 10;

export interface ItemOperand {
  node: Node;
  readonly role: 'use' | 'def' | 'both';
  /** A result that is written while the inputs are still needed. */
  readonly early?: boolean;
}

/** An operation as it will be encoded, with what the loader is to fill in. */
export interface Placed {
  readonly operation: Operation;
  readonly symbol?: SymbolReference;
}

/** What later stages know when code is made: the frame. */
export interface Frame {
  /** The offset of a slot from r10. */
  readonly slotOffset: (slot: number) => number;
}

/** A piece of code with its registers still open. */
export interface Item {
  readonly operands: ItemOperand[];
  /** Registers whose value is lost, besides results. `early`: even before the inputs are read. */
  readonly clobbers: readonly Reg[];
  readonly clobbersEarly?: boolean;
  /** `operands[0] = operands[1]`, which needs no code when both get one register. */
  readonly move: boolean;
  /** The code, for the registers of the operands in their order. */
  readonly make: (registers: readonly Reg[], frame: Frame) => readonly Placed[];
  /** What computes its result anew without other registers: cheaper than keeping it in memory. */
  readonly source?: MachineInstruction;
  /** The stack slot that it fills or reads, when spilling made it. */
  readonly spilled?: { readonly slot: number; readonly access: 'load' | 'store' };
  readonly location: SourceLocation | undefined;
  readonly core: CoreRecord | undefined;
}

/** How a block ends. */
export type Ending =
  | { readonly kind: 'goto'; readonly target: MachineBlockId }
  | {
      readonly kind: 'branch';
      readonly op: BranchOp;
      readonly width: Width;
      readonly operands: ItemOperand[];
      readonly imm: number | undefined;
      readonly whenTrue: MachineBlockId;
      readonly whenFalse: MachineBlockId;
      readonly location: SourceLocation | undefined;
    }
  | { readonly kind: 'exit'; readonly location: SourceLocation | undefined }
  /** The last item is an `asm goto`. */
  | { readonly kind: 'asm'; readonly next: MachineBlockId; readonly targets: readonly MachineBlockId[] }
  | { readonly kind: 'unreachable' };

export interface Block {
  items: Item[];
  ending: Ending;
  frequency: number;
}

/** A function while its registers are given out. */
export interface Code {
  readonly blocks: Block[];
  /** Widths by node; of the first ten nodes 64. */
  readonly widths: Width[];
  /** Bytes and alignments of stack slots, those of the source first. */
  readonly slots: { readonly bytes: number; readonly align: number }[];
}

export function successors(ending: Ending): readonly MachineBlockId[] {
  switch (ending.kind) {
    case 'goto':
      return [ending.target];
    case 'branch':
      return [ending.whenTrue, ending.whenFalse];
    case 'asm':
      return [ending.next, ...ending.targets];
    default:
      return [];
  }
}

/** The operands that an ending reads. r0 is one of `exit`'s own. */
export function endingOperands(ending: Ending): readonly ItemOperand[] {
  return ending.kind === 'branch' ? ending.operands : [];
}
