import { embeddedBytes } from '../../btf/embedded.js';
import { wasmBase64 } from './state.wasm.js';

/** The address of a register record in the domain's memory. */
export type RegAddr = number;
/** The address of a frame record. */
export type FrameAddr = number;
/** The address of a state record. */
export type StateAddr = number;

/**
 * What the compiled domain exports (`assembly/index.ts`). Registers, frames and states are addresses of records
 * (`layout.ts`); a boolean comes back as 0 or 1.
 *
 * `op` of arithmetic is the ALU code of the instruction set (`ALU_OPS`), with 0x100 added in the signed forms; `op` of a
 * branch the code in `BRANCH_OPS`; `width` is 32 or 64. Meanings are those of Linux 6.18.44, down to the precision of each
 * result; that stable release has later deductions than 6.18.0 (known bits through byte swaps, links at a distance through
 * subtraction and 32-bit addition, sign masks followed both ways). `kernel-twin.test.ts` holds them to the running kernel.
 */
export interface Domain {
  readonly memory: WebAssembly.Memory;

  // Records
  newState(subprog: number): StateAddr;
  freeState(state: StateAddr): void;
  /** A copy with room for the used stack only: to compare with, or to copy back, not to execute on. */
  saveState(state: StateAddr): StateAddr;
  /** As `saveState`, but the history goes with the copy: the way goes on from there. */
  keepState(state: StateAddr): StateAddr;
  /** A working copy. */
  cloneState(state: StateAddr): StateAddr;
  /** Makes the working state `dst` equal to `src`, which may be a saved one. */
  copyState(dst: StateAddr, src: StateAddr): void;
  /** Enters a call: a fresh frame, which becomes the current one. At most `MAX_FRAMES`; the caller checks. */
  pushFrame(state: StateAddr, callsite: number, subprog: number): FrameAddr;
  popFrame(state: StateAddr): void;
  /** The record of a state's acquired reference of this number, with room for it made. */
  refAt(state: StateAddr, index: number): number;
  /** A register record of its own, for temporaries. */
  newReg(): RegAddr;
  freeReg(reg: RegAddr): void;
  memoryInUse(): number;
  /** All records are gone, as in a fresh domain; ids go on. */
  resetRecords(): void;

  // The way to a state
  /** Room for the instruction table of a program (`INSN_*`), which backtracking reads; the caller fills it. */
  newTable(length: number): number;
  /** A new step of the history. Answers its record (`HISTORY_*`). */
  addStep(state: StateAddr, insn: number, previous: number): number;
  /** The scalars that `collectLinked` has found learn together in this step. */
  noteLinked(step: number, count: number): void;

  // Precision
  /** A decision at `insn` depended on the exact range of a register of the innermost frame: so do all values that it came from. */
  markPrecise(state: StateAddr, insn: number, reg: number): void;
  /** As `markPrecise`, for a spilled scalar of a frame. */
  markSlotPrecise(state: StateAddr, insn: number, frame: number, slot: number): void;
  /** The old state's precise scalars have to be precise in what led to `state`, which stands at `insn`. 1 when a mark was new. */
  propagatePrecision(old: StateAddr, state: StateAddr, insn: number): number;
  /** No scalar of the state is precise. */
  forgetPrecision(state: StateAddr): void;
  /** Whether each step of backtracking is told (`Tell`). */
  setTells(on: boolean | number): void;
  /** What is wanted while something is told: the innermost frame, and a frame's registers and slots, one bit each. */
  getWantedFrame(): number;
  getWantedRegs(frame: number): number;
  getWantedSlots(frame: number): bigint;

  // Whole registers
  copyReg(dst: RegAddr, src: RegAddr): void;
  markNotInit(reg: RegAddr): void;
  markUnknown(reg: RegAddr): void;
  /** A constant scalar without identity. */
  markKnown(reg: RegAddr, value: bigint): void;
  /** A pointer of this type: offset 0, no identity, map -1 is left to the caller. */
  markPointer(reg: RegAddr, type: number): void;
  /** Replaces value and bounds by a constant; type and identity stay. */
  setKnown(reg: RegAddr, value: bigint): void;
  clearLink(reg: RegAddr): void;

  // Arithmetic on scalars
  aluScalar(op: number, width: number, dst: RegAddr, src: RegAddr): void;
  aluImm(op: number, width: number, dst: RegAddr, imm: number): void;
  negate(width: number, dst: RegAddr): void;
  /** Byte order: `kind` 0 to little endian, 1 to big endian, 2 swap; `width` 16, 32, 64. */
  swapBytes(kind: number, width: number, dst: RegAddr): void;
  /**
   * 64 or 32 when the scalar (or its lower half) is known to be -1 or 0 but not which, else 0. Before AND and OR with a
   * constant operand (`isConst` of all 64 bits) Linux follows both: it pushes a copy of the state at the same instruction
   * with `assumeMask(…, 0)` and goes on with `assumeMask(…, 1)`.
   */
  signMaskWidth(reg: RegAddr): number;
  assumeMask(reg: RegAddr, width: number, ones: boolean | number): void;
  /** `dst = src` in 64 bits, any type; equal scalars are linked by an id. */
  move(dst: RegAddr, src: RegAddr): void;
  /** `wDst = wSrc`; scalars only. */
  moveWord(dst: RegAddr, src: RegAddr): void;
  /** Sign-extending move of the lowest `size` (1, 2, 4) bytes; scalars only. */
  moveSigned(width: number, size: number, dst: RegAddr, src: RegAddr): void;
  moveImm(width: number, dst: RegAddr, imm: number): void;
  /** Before a spill or another copy by hand: gives a scalar that is not constant an id. */
  linkBeforeCopy(src: RegAddr): void;
  newId(): number;
  getLastId(): number;
  setLastId(id: number): void;

  // Stack slots
  /** The lowest `size` bytes of a slot are a spill; what a shorter one leaves above is no longer part of one. */
  markSpilled(frame: FrameAddr, slot: number, size: number): void;
  /** A scalar that starts a slot keeps its value there; of fewer than 8 bytes, what they hold of it. */
  spillScalar(frame: FrameAddr, slot: number, size: number, value: RegAddr): void;
  /** How many of a slot's lowest bytes are a spill. */
  spillSize(frame: FrameAddr, slot: number): number;

  // Widths
  /** What a zero-extending load of `size` bytes leaves of a scalar. */
  truncateTo(reg: RegAddr, size: number): void;
  signExtend64(reg: RegAddr, size: number): void;
  signExtend32(reg: RegAddr, size: number): void;
  zeroExtend32(reg: RegAddr): void;
  syncBounds(reg: RegAddr): void;

  // Pointers
  pointerAdd(dst: RegAddr, pointer: RegAddr, scalar: RegAddr): void;
  pointerAddImm(dst: RegAddr, pointer: RegAddr, imm: number): void;
  pointerSub(dst: RegAddr, pointer: RegAddr, scalar: RegAddr): void;
  pointerSubImm(dst: RegAddr, pointer: RegAddr, imm: number): void;

  // Branches over scalars
  /** 1 always taken, 0 never, -1 open. */
  branchTaken(op: number, width: number, a: RegAddr, b: RegAddr): number;
  branchTakenImm(op: number, width: number, a: RegAddr, imm: number): number;
  /**
   * Narrows both scalars by the comparison's outcome. 0 when they contradict each other afterwards (a way that cannot be
   * taken but was not recognised as such); their ranges are then forgotten, as Linux does.
   */
  refine(op: number, width: number, holds: boolean | number, a: RegAddr, b: RegAddr): number;
  refineImm(op: number, width: number, holds: boolean | number, a: RegAddr, imm: number): number;
  /**
   * Before a branch: finds the registers that share an id with `a` or `b` (0 for an immediate), the live ones only (set
   * the live masks first) and all spills; at most 6, as Linux. Answers how many.
   */
  collectLinked(state: StateAddr, a: RegAddr, b: RegAddr): number;
  /** Place of a collected register: (frame << 8) | (0x80 for a stack slot) | index. */
  linkedPlace(index: number): number;
  /** Gives the collected scalars that share `reg`'s id what was learnt of it; `state` may be either way's. */
  syncCollected(state: StateAddr, reg: RegAddr): void;
  countLinked(state: StateAddr, id: number): number;
  setPacketRange(state: StateAddr, type: number, id: number, range: number): void;
  /** Walks all registers and whole spills of all frames: start, then `walkNext` until 0. One walk at a time. */
  walkStart(state: StateAddr): void;
  walkNext(): RegAddr;

  // Comparison
  isSubset(old: RegAddr, cur: RegAddr): number;
  rangeWithin(old: RegAddr, cur: RegAddr): number;
  isContradictory(reg: RegAddr): number;
  regCovers(old: RegAddr, cur: RegAddr, exact: number): number;
  /**
   * Address of 8 words, one for each frame: bit i says that register i is still read. Filled before `statesEqual` and
   * `collectLinked`.
   */
  liveRegsAddress(): number;
  statesEqual(old: StateAddr, cur: StateAddr, exact: number): number;
  /** A quick look before an exact comparison: all registers of the innermost frames are the same, bit for bit. */
  maybeLooping(old: StateAddr, cur: StateAddr): number;
  widenImprecise(old: StateAddr, cur: StateAddr): void;
  /** Whether unwritten stack may be read (privileged programs; the default). */
  setUninitAllowed(allowed: boolean | number): void;
  /** Whether the loader has CAP_BPF (the default): without it every value is precise, and no constant distance is kept. */
  setCapable(capable: boolean | number): void;
  /** Whether scalars cover only their equals: when pointer arithmetic is masked against speculation. */
  setScalarsExact(exact: boolean | number): void;
  fitsRange(reg: RegAddr, low: number, high: number): number;
  /** The scalar is a constant that fits a signed 32-bit number. */
  isConstInt(reg: RegAddr): number;
}

/** Hears what backtracking does: `what` is one of `TELL_*`, the numbers are what it is about. */
export type Tell = (what: number, a: number, b: number, c: number) => void;

let compiled: WebAssembly.Module | undefined;

/** A fresh domain with its own memory. */
export function instantiateDomain(tell: Tell): Domain {
  compiled ??= new WebAssembly.Module(embeddedBytes(wasmBase64));
  return new WebAssembly.Instance(compiled, { log: { tell } }).exports as unknown as Domain;
}
