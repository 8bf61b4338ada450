import type { InsnIndex } from '../../isa/index.js';
import type { StateAddr } from '../state/domain.js';

/** A state with the way that led to it. Saved ones are kept at prune points; one is the path being walked. */
export interface Path {
  /** The record in the domain's memory, which holds the steps of the way. */
  state: StateAddr;
  parent: Path | undefined;
  /** Ways below this state that are still to be explored, this one included. */
  branches: number;
  /** The instruction it stands at. */
  insn: InsnIndex;
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
}

/** A path at the start of a subprogram. */
export function newPath(state: StateAddr, insn: InsnIndex): Path {
  return {
    state,
    parent: undefined,
    branches: 1,
    insn,
    mayGotoDepth: 0,
    callbackDepth: 0,
    saved: false,
    hits: 0,
    misses: 0,
    cleaned: false,
    dropped: false,
  };
}
