import { type Shape, successors } from '../control-flow/shape.js';

/** Which slots of one frame are read, surely written and live at each instruction of one subprogram's call chain. */
class FrameMasks {
  readonly read: Uint32Array;
  readonly written: Uint32Array;
  readonly writtenSeen: Uint8Array;
  readonly live: Uint32Array;
  constructor(length: number) {
    this.read = new Uint32Array(length * 2);
    this.written = new Uint32Array(length * 2);
    this.writtenSeen = new Uint8Array(length);
    this.live = new Uint32Array(length * 2);
  }
}

/** One step of a chain of calls: where from, and the first instruction of what was called. */
export interface ChainLink {
  readonly callsite: number;
  readonly start: number;
}

/** One subprogram as called through one chain of call sites. */
interface Instance {
  readonly start: number;
  readonly end: number;
  readonly frames: FrameMasks[];
  readonly outer: Instance | undefined;
  readonly callsite: number;
  /** By call site and first instruction: a helper may call back more than one function. */
  readonly inner: Map<string, Instance>;
  dirty: boolean;
}

/**
 * Which stack slots may still be read, per call chain, from the reads and writes that were seen so far. Slots that are
 * dead never keep two states apart. Independent of the path, as in Linux 6.18.
 */
export class LiveStack {
  readonly #shape: Shape;
  readonly #roots = new Map<number, Instance>();
  #current!: Instance;
  #dirty = false;
  /** Slots of each frame that the current instruction has written whole. */
  readonly #writes = new Uint32Array(16);

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  /** Goes to the instance of a chain of calls, from the outermost frame on. */
  enter(entry: number, chain: readonly ChainLink[]): void {
    this.#current = this.#instance(entry, chain);
  }

  #instance(entry: number, chain: readonly ChainLink[]): Instance {
    let instance = this.#roots.get(entry) ?? this.#make(entry, undefined, -1);
    this.#roots.set(entry, instance);
    for (const { callsite, start } of chain) {
      const key = `${callsite}:${start}`;
      const inner: Instance = instance.inner.get(key) ?? this.#make(start, instance, callsite);
      instance.inner.set(key, inner);
      instance = inner;
    }
    return instance;
  }

  #make(start: number, outer: Instance | undefined, callsite: number): Instance {
    const subprogram = this.#shape.subprograms[this.#shape.subprogramOf[start] as number];
    const end = subprogram?.end ?? this.#shape.insns.length;
    const depth = (outer?.frames.length ?? 0) + 1;
    const frames = Array.from({ length: depth }, () => new FrameMasks(end - start));
    return { start, end, frames, outer, callsite, inner: new Map(), dirty: false };
  }

  /** Slots of a frame that an instruction read, as one bit each. */
  read(frame: number, insn: number, slot: number): void {
    const masks = this.#current.frames[frame];
    if (masks === undefined || slot < 0 || slot > 63) return;
    const at = (insn - this.#current.start) * 2 + (slot >> 5);
    const bit = 1 << (slot & 31);
    if (((masks.read[at] as number) & bit) !== 0) return;
    masks.read[at] = (masks.read[at] as number) | bit;
    this.#current.dirty = true;
    this.#dirty = true;
  }

  /** A slot that the current instruction writes whole. */
  write(frame: number, slot: number): void {
    const at = frame * 2 + (slot >> 5);
    this.#writes[at] = (this.#writes[at] as number) | (1 << (slot & 31));
  }

  /** After an instruction: what it writes on all paths is what it wrote each time. */
  commit(insn: number): void {
    const { frames, start } = this.#current;
    for (let frame = 0; frame < frames.length; frame++) {
      const masks = frames[frame] as FrameMasks;
      const at = insn - start;
      if (at < 0 || at >= masks.writtenSeen.length) continue;
      const low = this.#writes[frame * 2] as number;
      const high = this.#writes[frame * 2 + 1] as number;
      const seen = masks.writtenSeen[at] === 1;
      const newLow = seen ? ((masks.written[at * 2] as number) & low) >>> 0 : low;
      const newHigh = seen ? ((masks.written[at * 2 + 1] as number) & high) >>> 0 : high;
      if (newLow !== masks.written[at * 2] || newHigh !== masks.written[at * 2 + 1]) {
        this.#current.dirty = true;
        this.#dirty = true;
      }
      masks.writtenSeen[at] = 1;
      masks.written[at * 2] = newLow;
      masks.written[at * 2 + 1] = newHigh;
    }
    this.#writes.fill(0);
  }

  /** Brings liveness up to date with all reads and writes seen. */
  update(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    for (const root of this.#roots.values()) this.#updateTree(root);
  }

  #updateTree(instance: Instance): void {
    for (const inner of instance.inner.values()) this.#updateTree(inner);
    if (!instance.dirty) return;
    instance.dirty = false;
    for (const masks of instance.frames) this.#solve(instance, masks);
    const { outer } = instance;
    if (outer === undefined) return;
    // What the callee reads of outer frames, the call reads.
    const at = (instance.callsite - outer.start) * 2;
    for (const [frame, masks] of outer.frames.entries()) {
      const inner = instance.frames[frame] as FrameMasks;
      for (const half of [0, 1]) {
        const reads = ((masks.read[at + half] as number) | (inner.live[half] as number)) >>> 0;
        if (reads === masks.read[at + half]) continue;
        masks.read[at + half] = reads;
        outer.dirty = true;
      }
    }
  }

  #solve(instance: Instance, masks: FrameMasks): void {
    const { start, end } = instance;
    masks.live.fill(0);
    for (let changed = true; changed; ) {
      changed = false;
      for (let insn = end - 1; insn >= start; insn--) {
        const at = (insn - start) * 2;
        let low = 0;
        let high = 0;
        for (const next of successors(this.#shape, insn)) {
          low |= masks.live[(next - start) * 2] as number;
          high |= masks.live[(next - start) * 2 + 1] as number;
        }
        low = ((low & ~(masks.written[at] as number)) | (masks.read[at] as number)) >>> 0;
        high = ((high & ~(masks.written[at + 1] as number)) | (masks.read[at + 1] as number)) >>> 0;
        if (low === masks.live[at] && high === masks.live[at + 1]) continue;
        masks.live[at] = low;
        masks.live[at + 1] = high;
        changed = true;
      }
    }
  }

  /**
   * The live slots of one frame of a state, two words of 32 slots.
   *
   * @param chain the calls that led to the innermost frame, from the outermost on.
   * @param at the instruction that the innermost frame stands at.
   */
  liveSlots(
    entry: number,
    chain: readonly ChainLink[],
    at: number,
    frame: number,
  ): readonly [number, number] {
    const innermost = chain.length;
    let instance: Instance | undefined = this.#instance(entry, chain);
    let low = 0;
    let high = 0;
    for (let level = innermost; level >= frame && instance !== undefined; level--) {
      const masks = instance.frames[frame] as FrameMasks;
      const word = (this.#standsAt(chain[level]?.callsite, at) - instance.start) * 2;
      low |= masks.live[word] ?? 0;
      high |= masks.live[word + 1] ?? 0;
      instance = instance.outer;
    }
    return [low, high];
  }

  /** A call under way: what counts is what is read after it. A helper that calls back may do so again. */
  #standsAt(callsite: number | undefined, innermost: number): number {
    if (callsite === undefined) return innermost;
    return this.#shape.callsCallback[callsite] === 1 ? callsite : callsite + 1;
  }
}
