import type { InsnIndex } from '../../isa/index.js';
import type { StateAddr } from '../state/domain.js';

/** A register or spilled slot of one frame, as the jump history names it. */
export interface Place {
  readonly frame: number;
  readonly spilled: boolean;
  readonly index: number;
}

/** One step that backtracking could not guess: a jump, or an instruction with something to remember. */
export interface HistoryEntry {
  readonly insn: InsnIndex;
  readonly previous: InsnIndex;
  /** The stack slot that a load or store used; -1 when it used none. */
  stackFrame: number;
  stackSlot: number;
  /** An operand of a comparison that points to the stack has no precision to track. */
  dstOnStack: boolean;
  srcOnStack: boolean;
  /** Scalars that learnt from this comparison together. */
  linked: readonly Place[] | undefined;
}

/** A state with the way that led to it. Saved ones are kept at prune points; one is the path being walked. */
export interface Path {
  /** The record in the domain's memory. */
  state: StateAddr;
  parent: Path | undefined;
  /** Ways below this state that are still to be explored, this one included. */
  branches: number;
  /** The instruction it stands at. */
  insn: InsnIndex;
  /** The first instruction after its parent. */
  firstInsn: InsnIndex;
  lastInsn: InsnIndex;
  history: HistoryEntry[];
  mayGotoDepth: number;
  /** Calls back from helpers on the way. */
  callbackDepth: number;
  // Of saved states only:
  saved: boolean;
  hits: number;
  misses: number;
  /** Dead registers and slots are already forgotten. */
  cleaned: boolean;
  /** Taken out of its list; freed when no path needs it any more. */
  dropped: boolean;
  /** Its scalars were all made precise, and with them those of the states before it. */
  allPrecise: boolean;
}

/** A path at the start of a subprogram. */
export function newPath(state: StateAddr, insn: InsnIndex): Path {
  return {
    state,
    parent: undefined,
    branches: 1,
    insn,
    firstInsn: insn,
    lastInsn: -1,
    history: [],
    mayGotoDepth: 0,
    callbackDepth: 0,
    saved: false,
    hits: 0,
    misses: 0,
    cleaned: false,
    dropped: false,
    allPrecise: false,
  };
}
