import type { AccessBytes, AluOp, AtomicOp, BranchOp, Reg, Width } from '../../isa/index.js';
import type { MetadataId, SourceLocation } from '../ir/metadata.js';
import type { ValueId } from '../ir/value.js';

/**
 * A register before registers are allocated; `MachineFunction.registers[id]` says its width. One of width 32
 * promises nothing about its upper half, except that copying, spilling and reloading it keep an upper half
 * of zeros.
 */
export type VirtualRegister = number & { readonly __brand: 'VirtualRegister' };
/** Index of a block in {@link MachineFunction.blocks}; block 0 is the entry. */
export type MachineBlockId = number & { readonly __brand: 'MachineBlockId' };
/** Index of a slot in {@link MachineFunction.slots}. */
export type SlotId = number & { readonly __brand: 'SlotId' };

export type MachineOperand =
  | { readonly kind: 'reg'; readonly reg: VirtualRegister }
  /** Sign-extended to the operation's width. */
  | { readonly kind: 'imm'; readonly imm: number };

/** What an access is relative to. */
export type MachineBase =
  | { readonly kind: 'reg'; readonly reg: VirtualRegister }
  | { readonly kind: 'slot'; readonly slot: SlotId };

/**
 * A CO-RE record: libbpf patches the immediate (or the offset, of a load or store) of the instruction that
 * carries it. The immediate in the code is the value for the types of this compilation.
 */
export interface CoreRecord {
  /** `enum bpf_core_relo_kind`, 0 to 12. */
  readonly kind: number;
  /** The debug type that the access begins at. */
  readonly type: MetadataId;
  /** `0:1:2`, as BTF.ext has it. */
  readonly access: string;
}

/** The address of a global, function or alias of the module, plus a number of bytes. */
export interface SymbolReference {
  readonly value: ValueId;
  readonly addend: number;
}

/** An operand of inline assembly, in the order of `$0`, `$1`, … */
export type AsmOperand =
  | {
      readonly kind: 'output';
      readonly reg: VirtualRegister;
      readonly fixed: Reg | undefined;
      readonly early: boolean;
    }
  | { readonly kind: 'input'; readonly reg: VirtualRegister; readonly fixed: Reg | undefined }
  /** An input that must be where output operand `output` will be. */
  | { readonly kind: 'tied'; readonly reg: VirtualRegister; readonly output: number }
  | { readonly kind: 'memory'; readonly base: MachineBase; readonly offset: number }
  | { readonly kind: 'imm'; readonly imm: bigint }
  | { readonly kind: 'symbol'; readonly symbol: SymbolReference }
  | { readonly kind: 'label'; readonly block: MachineBlockId };

/** Operations, three-address and in SSA form: each virtual register has one definition. */
export type MachineOperation =
  /** `mov` has its own kinds: `copy` and `constant`. */
  | {
      readonly kind: 'alu';
      readonly op: Exclude<AluOp, 'mov'>;
      readonly width: Width;
      readonly dst: VirtualRegister;
      readonly left: VirtualRegister;
      readonly right: MachineOperand;
    }
  | {
      readonly kind: 'neg';
      readonly width: Width;
      readonly dst: VirtualRegister;
      readonly src: VirtualRegister;
    }
  | {
      readonly kind: 'end';
      readonly to: 'le' | 'be' | 'bswap';
      readonly bits: 16 | 32 | 64;
      readonly dst: VirtualRegister;
      readonly src: VirtualRegister;
    }
  | {
      readonly kind: 'movsx';
      readonly width: Width;
      readonly bits: 8 | 16 | 32;
      readonly dst: VirtualRegister;
      readonly src: VirtualRegister;
    }
  /**
   * `dst = src`. Between different widths it says that the bits are the same (no code when both get one
   * register): 64 to 32 forgets the upper half, 32 to 64 relies on an upper half of zeros.
   */
  | { readonly kind: 'copy'; readonly dst: VirtualRegister; readonly src: VirtualRegister }
  /** `w = w`: the upper half becomes zeros. */
  | { readonly kind: 'zext'; readonly dst: VirtualRegister; readonly src: VirtualRegister }
  /** A mov when it fits (or `core` says mov), else ld_imm64. Cheap to compute again. */
  | {
      readonly kind: 'constant';
      readonly dst: VirtualRegister;
      readonly value: bigint;
      readonly wide?: boolean;
    }
  /** ld_imm64 with a relocation. Cheap to compute again. */
  | { readonly kind: 'symbol'; readonly dst: VirtualRegister; readonly symbol: SymbolReference }
  /** The address of a stack slot. Cheap to compute again. */
  | {
      readonly kind: 'slot-address';
      readonly dst: VirtualRegister;
      readonly slot: SlotId;
      readonly offset: number;
    }
  | {
      readonly kind: 'addr_space_cast';
      readonly dst: VirtualRegister;
      readonly src: VirtualRegister;
      readonly toSpace: number;
      readonly fromSpace: number;
    }
  | {
      readonly kind: 'load';
      readonly bytes: AccessBytes;
      readonly signed: boolean;
      readonly dst: VirtualRegister;
      readonly base: MachineBase;
      readonly offset: number;
    }
  | {
      readonly kind: 'store';
      readonly bytes: AccessBytes;
      readonly base: MachineBase;
      readonly offset: number;
      /** An immediate needs cpu v4. */
      readonly src: MachineOperand;
    }
  /** Every atomic but cmpxchg. `dst` when it fetches, and for load_acquire; `src` except for load_acquire. */
  | {
      readonly kind: 'atomic';
      readonly op: Exclude<AtomicOp, 'cmpxchg'>;
      readonly bytes: AccessBytes;
      readonly base: MachineBase;
      readonly offset: number;
      readonly src: VirtualRegister | undefined;
      readonly dst: VirtualRegister | undefined;
    }
  | {
      readonly kind: 'cmpxchg';
      readonly bytes: 4 | 8;
      readonly base: MachineBase;
      readonly offset: number;
      readonly expected: VirtualRegister;
      readonly replacement: VirtualRegister;
      readonly dst: VirtualRegister;
    }
  /** ld_abs (no `index`) or ld_ind: needs the context in r6, answers in r0, destroys r1 to r5. */
  | {
      readonly kind: 'packet-load';
      readonly bytes: 1 | 2 | 4;
      readonly context: VirtualRegister;
      readonly index: VirtualRegister | undefined;
      readonly imm: number;
      readonly dst: VirtualRegister;
    }
  /** Arguments in r1 to r5, result in r0, destroys r0 to r5. */
  | {
      readonly kind: 'call';
      readonly callee: MachineCallee;
      readonly arguments: readonly VirtualRegister[];
      readonly dst: VirtualRegister | undefined;
    }
  /** LLVM's template. An `asm goto` ends its block and goes on to `next`. */
  | {
      readonly kind: 'asm';
      readonly template: string;
      readonly operands: readonly AsmOperand[];
      /** Functions and variables that the text names. */
      readonly names: ReadonlyMap<string, SymbolReference>;
      readonly clobbers: readonly Reg[];
      readonly next: MachineBlockId | undefined;
    }
  | {
      readonly kind: 'phi';
      readonly dst: VirtualRegister;
      readonly incoming: readonly { readonly reg: VirtualRegister; readonly block: MachineBlockId }[];
    }
  /** Register arguments of the function, at its very beginning. */
  | { readonly kind: 'argument'; readonly dst: VirtualRegister; readonly index: number }
  | { readonly kind: 'goto'; readonly target: MachineBlockId }
  | {
      readonly kind: 'branch';
      readonly op: BranchOp;
      readonly width: Width;
      readonly left: VirtualRegister;
      readonly right: MachineOperand;
      readonly whenTrue: MachineBlockId;
      readonly whenFalse: MachineBlockId;
    }
  | { readonly kind: 'exit'; readonly value: VirtualRegister | undefined }
  /** Control never gets here. */
  | { readonly kind: 'unreachable' };

export type MachineCallee =
  | { readonly kind: 'helper'; readonly id: number }
  /** A function of the module, or an extern one (a kfunc). */
  | { readonly kind: 'symbol'; readonly value: ValueId }
  | { readonly kind: 'register'; readonly reg: VirtualRegister };

/** An operation with its place in the source, and the CO-RE record of its immediate or offset. */
export type MachineInstruction = MachineOperation & {
  readonly location?: SourceLocation | undefined;
  readonly core?: CoreRecord | undefined;
};
