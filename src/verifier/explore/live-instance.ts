/** Sets of a frame's 64 stack slots, two words for each instruction of a subprogram. */
export class FrameMasks {
  /** Slots that the instruction was seen to read. */
  readonly read: Int32Array;
  /** Slots that it has written whole each time. */
  readonly written: Int32Array;
  /** Slots that are written for sure from here to the end of the subprogram. */
  readonly writtenAfter: Int32Array;
  /** Slots that it or what follows may read. */
  readonly live: Int32Array;

  constructor(length: number) {
    this.read = new Int32Array(length * 2);
    this.written = new Int32Array(length * 2);
    this.writtenAfter = new Int32Array(length * 2);
    this.live = new Int32Array(length * 2);
  }
}

/** Whether an instruction's writes were seen, and whether it may have written the same slots each time. */
const UNSEEN = 0;
const NOTHING = 1;
const WRITES = 2;

/** What one subprogram, called through one chain of call sites, reads and writes in the frames of that chain. */
export class LiveInstance {
  readonly start: number;
  readonly length: number;
  readonly outer: LiveInstance | undefined;
  /** The call in `outer` that leads here. */
  readonly callsite: number;
  /** By call site and first instruction: a helper may call back more than one function. */
  readonly inner = new Map<number, LiveInstance>();
  /** By frame number; made when a frame is first touched. */
  readonly frames: (FrameMasks | undefined)[];
  /** What was seen of the writes of each instruction (`UNSEEN`, …). */
  readonly #seen: Uint8Array;
  #isStale = false;
  #hasLostWrites = false;

  constructor(start: number, end: number, outer: LiveInstance | undefined, callsite: number) {
    this.start = start;
    this.length = end - start;
    this.outer = outer;
    this.callsite = callsite;
    this.frames = new Array<FrameMasks | undefined>((outer?.frames.length ?? 0) + 1).fill(undefined);
    this.#seen = new Uint8Array(this.length);
  }

  get isStale(): boolean {
    return this.#isStale;
  }

  #masks(frame: number): FrameMasks {
    const masks = this.frames[frame] ?? new FrameMasks(this.length);
    this.frames[frame] = masks;
    return masks;
  }

  /** An instruction reads slots of a frame: 32 of them, the lower (0) or the upper half (1). */
  addReads(frame: number, insn: number, half: number, slots: number): void {
    const { read, live } = this.#masks(frame);
    const at = (insn - this.start) * 2 + half;
    const before = read[at] as number;
    if ((slots & ~before) === 0) return;
    read[at] = before | slots;
    if (((before | slots) & ~(live[at] as number)) !== 0) this.#isStale = true;
  }

  /** An instruction has written no slot whole. */
  addNoWrites(insn: number): void {
    const at = insn - this.start;
    const seen = this.#seen[at];
    if (seen === NOTHING) return;
    if (seen === WRITES)
      for (const masks of this.frames) {
        if (masks === undefined) continue;
        this.#setWritten(masks.written, at * 2, 0);
        this.#setWritten(masks.written, at * 2 + 1, 0);
      }
    this.#seen[at] = NOTHING;
  }

  /** An instruction has written these slots whole, two words for each frame: what it always writes is what it wrote each time. */
  addWrites(insn: number, slots: Int32Array): void {
    const at = insn - this.start;
    const isKnown = this.#seen[at] !== UNSEEN;
    for (let frame = 0; frame < this.frames.length; frame++) {
      const low = slots[frame * 2] as number;
      const high = slots[frame * 2 + 1] as number;
      if ((low | high) === 0 && !isKnown) continue;
      const { written } = this.#masks(frame);
      this.#setWritten(written, at * 2, isKnown ? low & (written[at * 2] as number) : low);
      this.#setWritten(written, at * 2 + 1, isKnown ? high & (written[at * 2 + 1] as number) : high);
    }
    this.#seen[at] = WRITES;
  }

  #setWritten(written: Int32Array, at: number, slots: number): void {
    const before = written[at] as number;
    if (before === slots) return;
    if ((before & ~slots) !== 0) this.#hasLostWrites = true;
    written[at] = slots;
    this.#isStale = true;
  }

  /** Works out again what is live, from the last instruction backwards until nothing changes. */
  solve({ insns, next }: FlowOrder): void {
    if (this.#hasLostWrites) for (const masks of this.frames) masks?.writtenAfter.fill(0);
    for (const masks of this.frames) {
      if (masks === undefined) continue;
      for (let changed = true; changed; ) {
        changed = false;
        for (let index = 0; index < insns.length; index++) {
          const first = next[index * 2] as number;
          if (first < 0) continue;
          const at = (insns[index] as number) * 2;
          const second = next[index * 2 + 1] as number;
          if (solveWord(masks, at, first * 2, second * 2)) changed = true;
          if (solveWord(masks, at + 1, first * 2 + 1, second * 2 + 1)) changed = true;
        }
      }
    }
    this.#isStale = false;
    this.#hasLostWrites = false;
  }
}

/** The instructions of a subprogram, counted from its start, each after those that follow it. */
export interface FlowOrder {
  readonly insns: Int32Array;
  /** Two for each of `insns`: what follows it, twice the same when there is one; -1 when nothing does. */
  readonly next: Int32Array;
}

/** One half of what is live before an instruction, from what is before those that follow. */
function solveWord(masks: FrameMasks, at: number, first: number, second: number): boolean {
  const { live, read, written, writtenAfter } = masks;
  const lost = written[at] as number;
  const before = (((live[first] as number) | (live[second] as number)) & ~lost) | (read[at] as number);
  const after = ((writtenAfter[first] as number) & (writtenAfter[second] as number)) | lost;
  if (before === live[at] && after === writtenAfter[at]) return false;
  live[at] = before;
  writtenAfter[at] = after;
  return true;
}
