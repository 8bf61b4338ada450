import {
  type Domain,
  type FrameAddr,
  instantiateDomain,
  type RegAddr,
  type StateAddr,
  type Tell,
} from './domain.js';
import * as L from './layout.js';

/** Larger memories are left to the garbage collector. */
const MOST_KEPT_BYTES = 1 << 27;

/**
 * The abstract states of one verification: the domain's operations (`ops`) and typed access to its records by address.
 *
 * Make one for each program that is verified; all its states go when it is collected. Addresses stay valid until the
 * state they belong to is freed; views never need to be refreshed by the caller.
 *
 * @example
 * const memory = new StateMemory();
 * const state = memory.ops.newState(0);
 * const r1 = memory.reg(memory.currentFrame(state), 1);
 * memory.ops.moveImm(64, r1, 5);
 * memory.constValue(r1); // 5n
 */
export class StateMemory {
  #tell: Tell | undefined;
  readonly ops: Domain = instantiateDomain((what, a, b, c) => this.#tell?.(what, a, b, c));
  readonly #liveRegs = this.ops.liveRegsAddress();
  /** Memories that verifications have given back: the first touch of a page costs more than what is done with it. */
  static readonly #spare: StateMemory[] = [];
  #words = new Int32Array(this.ops.memory.buffer);
  #bytes = new Uint8Array(this.ops.memory.buffer);
  #view = new DataView(this.ops.memory.buffer);

  /** One that another verification has given back, or a new one. */
  static take(): StateMemory {
    return StateMemory.#spare.pop() ?? new StateMemory();
  }

  /** Nobody uses it any more. All addresses are invalid from now on. */
  giveBack(): void {
    this.ops.resetRecords();
    this.ops.setLastId(0);
    this.tellTo(undefined);
    const isSmall = this.ops.memory.buffer.byteLength <= MOST_KEPT_BYTES;
    if (isSmall && StateMemory.#spare.length === 0) StateMemory.#spare.push(this);
  }

  /** Who hears what backtracking does; nobody at first. */
  tellTo(tell: Tell | undefined): void {
    this.#tell = tell;
    this.ops.setTells(tell !== undefined);
  }

  /** Growing the memory detaches the old views. */
  #refresh(): void {
    const { buffer } = this.ops.memory;
    this.#words = new Int32Array(buffer);
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }

  /** A signed word at an address. */
  word(at: number): number {
    if (this.#words.length === 0) this.#refresh();
    return this.#words[at >> 2] as number;
  }
  setWord(at: number, value: number): void {
    if (this.#words.length === 0) this.#refresh();
    this.#words[at >> 2] = value;
  }
  byte(at: number): number {
    if (this.#words.length === 0) this.#refresh();
    return this.#bytes[at] as number;
  }
  setByte(at: number, value: number): void {
    if (this.#words.length === 0) this.#refresh();
    this.#bytes[at] = value;
  }
  #u64(at: number): bigint {
    if (this.#words.length === 0) this.#refresh();
    return this.#view.getBigUint64(at, true);
  }
  #s64(at: number): bigint {
    if (this.#words.length === 0) this.#refresh();
    return this.#view.getBigInt64(at, true);
  }

  // States and frames

  currentFrameIndex(state: StateAddr): number {
    return this.word(state + L.STATE_CURFRAME);
  }
  frame(state: StateAddr, index: number): FrameAddr {
    return this.word(state + L.STATE_FRAMES + index * 4) >>> 0;
  }
  currentFrame(state: StateAddr): FrameAddr {
    return this.frame(state, this.currentFrameIndex(state));
  }
  frameNumber(frame: FrameAddr): number {
    return this.word(frame + L.FRAME_NUMBER);
  }
  callsite(frame: FrameAddr): number {
    return this.word(frame + L.FRAME_CALLSITE);
  }
  subprog(frame: FrameAddr): number {
    return this.word(frame + L.FRAME_SUBPROG);
  }
  reg(frame: FrameAddr, index: number): RegAddr {
    return frame + L.FRAME_REGS + index * L.REG_SIZE;
  }

  // Stack

  /** Bytes of stack in use. */
  stackDepth(frame: FrameAddr): number {
    return this.word(frame + L.FRAME_STACK);
  }
  /** Makes the frame's stack at least `bytes` deep (rounded up to 8); new slots are invalid. */
  growStack(frame: FrameAddr, bytes: number): void {
    const depth = (bytes + 7) & ~7;
    if (depth > this.stackDepth(frame)) this.setWord(frame + L.FRAME_STACK, depth);
  }
  /** Type of one byte of a slot; slot 0 is fp-8…fp-1, byte 0 the highest address, byte 7 the lowest. */
  slotType(frame: FrameAddr, slot: number, byte: number): number {
    return this.byte(frame + L.FRAME_SLOT_TYPES + slot * L.SLOT_STRIDE + byte);
  }
  setSlotType(frame: FrameAddr, slot: number, byte: number, type: number): void {
    this.setByte(frame + L.FRAME_SLOT_TYPES + slot * L.SLOT_STRIDE + byte, type);
  }
  fillSlot(frame: FrameAddr, slot: number, type: number): void {
    for (let byte = 0; byte < L.SLOT_BYTES; byte++) this.setSlotType(frame, slot, byte, type);
  }
  spilled(frame: FrameAddr, slot: number): RegAddr {
    return frame + L.FRAME_SPILLED + slot * L.SLOT_STRIDE;
  }

  // Registers: fields

  /** Base type and flags. */
  type(reg: RegAddr): number {
    return this.word(reg + L.REG_TYPE);
  }
  baseType(reg: RegAddr): number {
    return this.word(reg + L.REG_TYPE) & L.TYPE_BASE_MASK;
  }
  setType(reg: RegAddr, type: number): void {
    this.setWord(reg + L.REG_TYPE, type);
  }
  hasFlag(reg: RegAddr, flag: number): boolean {
    return (this.word(reg + L.REG_TYPE) & flag) !== 0;
  }
  isScalar(reg: RegAddr): boolean {
    return this.word(reg + L.REG_TYPE) === L.TYPE_SCALAR;
  }
  /** Any initialised value that is no scalar. */
  isPointer(reg: RegAddr): boolean {
    return this.baseType(reg) > L.TYPE_SCALAR;
  }
  off(reg: RegAddr): number {
    return this.word(reg + L.REG_OFF);
  }
  setOff(reg: RegAddr, off: number): void {
    this.setWord(reg + L.REG_OFF, off);
  }
  map(reg: RegAddr): number {
    return this.word(reg + L.REG_MAP);
  }
  setMap(reg: RegAddr, index: number): void {
    this.setWord(reg + L.REG_MAP, index);
  }
  range(reg: RegAddr): number {
    return this.word(reg + L.REG_RANGE);
  }
  setRange(reg: RegAddr, range: number): void {
    this.setWord(reg + L.REG_RANGE, range);
  }
  memSize(reg: RegAddr): number {
    return this.word(reg + L.REG_MEM_SIZE) >>> 0;
  }
  setMemSize(reg: RegAddr, size: number): void {
    this.setWord(reg + L.REG_MEM_SIZE, size);
  }
  aux(reg: RegAddr): number {
    return this.word(reg + L.REG_AUX);
  }
  setAux(reg: RegAddr, value: number): void {
    this.setWord(reg + L.REG_AUX, value);
  }
  /** Whose types a BTF pointer's type id is of: `BTF_KERNEL` or `BTF_PROGRAM`. */
  btf(reg: RegAddr): number {
    return this.word(reg + L.REG_AUX2);
  }
  setBtf(reg: RegAddr, btf: number): void {
    this.setWord(reg + L.REG_AUX2, btf);
  }
  /** With `ID_ADD_CONST` where the scalar is its id's at a distance. */
  id(reg: RegAddr): number {
    return this.word(reg + L.REG_ID);
  }
  setId(reg: RegAddr, id: number): void {
    this.setWord(reg + L.REG_ID, id);
  }
  refObjId(reg: RegAddr): number {
    return this.word(reg + L.REG_REF_OBJ_ID);
  }
  setRefObjId(reg: RegAddr, id: number): void {
    this.setWord(reg + L.REG_REF_OBJ_ID, id);
  }
  frameno(reg: RegAddr): number {
    return this.word(reg + L.REG_FRAMENO);
  }
  setFrameno(reg: RegAddr, frame: number): void {
    this.setWord(reg + L.REG_FRAMENO, frame);
  }
  subregDef(reg: RegAddr): number {
    return this.word(reg + L.REG_SUBREG_DEF);
  }
  setSubregDef(reg: RegAddr, insn: number): void {
    this.setWord(reg + L.REG_SUBREG_DEF, insn);
  }
  isPrecise(reg: RegAddr): boolean {
    return this.word(reg + L.REG_PRECISE) !== 0;
  }
  setPrecise(reg: RegAddr, precise: boolean): void {
    this.setWord(reg + L.REG_PRECISE, precise ? 1 : 0);
  }

  // Registers: values. The word forms cost a few ns; the bigint forms are for rendering and rare questions.

  /** Every bit is known (a scalar is constant; a pointer has no variable offset). */
  isConst(reg: RegAddr): boolean {
    return this.word(reg + L.REG_MASK) === 0 && this.word(reg + L.REG_MASK + 4) === 0;
  }
  /** The constant is 0. */
  isZero(reg: RegAddr): boolean {
    return this.isConst(reg) && this.word(reg + L.REG_VALUE) === 0 && this.word(reg + L.REG_VALUE + 4) === 0;
  }
  /** The constant's lower half, signed. Meaningful after `isConst`. */
  constLow32(reg: RegAddr): number {
    return this.word(reg + L.REG_VALUE);
  }
  constHigh32(reg: RegAddr): number {
    return this.word(reg + L.REG_VALUE + 4);
  }
  /** The constant as a signed number, undefined when it is none or needs more than 53 bits. */
  constNumber(reg: RegAddr): number | undefined {
    if (!this.isConst(reg)) return undefined;
    const high = this.word(reg + L.REG_VALUE + 4);
    const low = this.word(reg + L.REG_VALUE);
    if (high === low >> 31) return low;
    const value = high * 0x1_0000_0000 + (low >>> 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  constValue(reg: RegAddr): bigint {
    return this.#u64(reg + L.REG_VALUE);
  }
  /** Bounds as numbers: exact up to 2^53, beyond that rounded, which keeps every comparison with a small number right. */
  uminNumber(reg: RegAddr): number {
    return this.#unsignedNumber(reg + L.REG_UMIN);
  }
  umaxNumber(reg: RegAddr): number {
    return this.#unsignedNumber(reg + L.REG_UMAX);
  }
  sminNumber(reg: RegAddr): number {
    return this.word(reg + L.REG_SMIN + 4) * 0x1_0000_0000 + (this.word(reg + L.REG_SMIN) >>> 0);
  }
  smaxNumber(reg: RegAddr): number {
    return this.word(reg + L.REG_SMAX + 4) * 0x1_0000_0000 + (this.word(reg + L.REG_SMAX) >>> 0);
  }
  #unsignedNumber(at: number): number {
    return (this.word(at + 4) >>> 0) * 0x1_0000_0000 + (this.word(at) >>> 0);
  }
  umin(reg: RegAddr): bigint {
    return this.#u64(reg + L.REG_UMIN);
  }
  umax(reg: RegAddr): bigint {
    return this.#u64(reg + L.REG_UMAX);
  }
  smin(reg: RegAddr): bigint {
    return this.#s64(reg + L.REG_SMIN);
  }
  smax(reg: RegAddr): bigint {
    return this.#s64(reg + L.REG_SMAX);
  }
  umin32(reg: RegAddr): number {
    return this.word(reg + L.REG_U32_MIN) >>> 0;
  }
  umax32(reg: RegAddr): number {
    return this.word(reg + L.REG_U32_MAX) >>> 0;
  }
  smin32(reg: RegAddr): number {
    return this.word(reg + L.REG_S32_MIN);
  }
  smax32(reg: RegAddr): number {
    return this.word(reg + L.REG_S32_MAX);
  }
  tnumValue(reg: RegAddr): bigint {
    return this.#u64(reg + L.REG_VALUE);
  }
  tnumMask(reg: RegAddr): bigint {
    return this.#u64(reg + L.REG_MASK);
  }

  // Comparison

  /**
   * Says which registers of a frame will still be read, before `ops.statesEqual` and
   * `ops.collectLinked`.
   */
  setLiveRegs(frameIndex: number, mask: number): void {
    this.setWord(this.#liveRegs + frameIndex * 4, mask);
  }
}
