import { type Shape, type Subprogram, successors } from '../control-flow/shape.js';
import { MAX_FRAMES } from '../state/layout.js';
import { type FlowOrder, LiveInstance } from './live-instance.js';

/** One step of a chain of calls: where from, and the first instruction of what was called. */
export interface ChainLink {
  readonly callsite: number;
  readonly start: number;
}

/**
 * Which stack slots may still be read, per call chain, from the reads and writes that were seen so far. Slots that are
 * dead never keep two states apart. Linux: kernel/bpf/liveness.c; what is worked out when decides how often states are
 * found equal, so it is done when Linux does it: whenever a path ends or a subprogram returns, for its chain of calls.
 */
export class LiveStack {
  readonly #shape: Shape;
  readonly #roots = new Map<number, LiveInstance>();
  readonly #orders = new Map<number, FlowOrder>();
  #current!: LiveInstance;
  /** Slots of each frame that the current instruction has written whole. */
  readonly #writes = new Int32Array(MAX_FRAMES * 2);
  #hasWritten = false;

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  /** Goes to the instance of a chain of calls, from the outermost frame on. */
  enter(entry: number, chain: readonly ChainLink[]): void {
    this.#current = this.#instance(entry, chain);
  }

  #instance(entry: number, chain: readonly ChainLink[]): LiveInstance {
    let instance = this.#roots.get(entry) ?? this.#make(entry, undefined, -1);
    this.#roots.set(entry, instance);
    for (const { callsite, start } of chain) {
      const key = callsite * this.#shape.insns.length + start;
      const inner: LiveInstance = instance.inner.get(key) ?? this.#make(start, instance, callsite);
      instance.inner.set(key, inner);
      instance = inner;
    }
    return instance;
  }

  #make(start: number, outer: LiveInstance | undefined, callsite: number): LiveInstance {
    return new LiveInstance(start, this.#subprogram(start).end, outer, callsite);
  }

  #subprogram(insn: number): Subprogram {
    return this.#shape.subprograms[this.#shape.subprogramOf[insn] as number] as Subprogram;
  }

  /** A slot of a frame that an instruction reads. */
  read(frame: number, insn: number, slot: number): void {
    if (slot < 0 || slot > 63 || frame >= this.#current.frames.length) return;
    this.#current.addReads(frame, insn, slot >> 5, 1 << (slot & 31));
  }

  /** A slot that the current instruction writes whole. */
  write(frame: number, slot: number): void {
    const at = frame * 2 + (slot >> 5);
    this.#writes[at] = (this.#writes[at] as number) | (1 << (slot & 31));
    this.#hasWritten = true;
  }

  /** After an instruction, unless it was a call or a return: those only pass on what their callee does. */
  commit(insn: number): void {
    const at = insn - this.#current.start;
    const isOwn = at >= 0 && at < this.#current.length;
    if (!this.#hasWritten) {
      if (isOwn) this.#current.addNoWrites(insn);
      return;
    }
    if (isOwn) this.#current.addWrites(insn, this.#writes);
    this.#writes.fill(0);
    this.#hasWritten = false;
  }

  /** Brings the current chain of calls up to date with all reads and writes seen. */
  update(): void {
    for (let instance: LiveInstance | undefined = this.#current; instance; instance = instance.outer) {
      if (!instance.isStale) continue;
      instance.solve(this.#order(instance.start));
      if (instance.outer !== undefined) this.#passOutwards(instance, instance.outer);
    }
  }

  /** What a subprogram reads and surely writes in the frames of its callers, the call of it does. */
  #passOutwards(instance: LiveInstance, outer: LiveInstance): void {
    const writes = new Int32Array(MAX_FRAMES * 2);
    for (const [frame, masks] of instance.frames.slice(0, outer.frames.length).entries()) {
      if (masks === undefined) continue;
      for (const half of [0, 1]) {
        writes[frame * 2 + half] = masks.writtenAfter[half] as number;
        outer.addReads(frame, instance.callsite, half, masks.live[half] as number);
      }
    }
    outer.addWrites(instance.callsite, writes);
  }

  #order(start: number): FlowOrder {
    const order = this.#orders.get(start) ?? flowOrder(this.#shape, start);
    this.#orders.set(start, order);
    return order;
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
    let instance: LiveInstance | undefined = this.#instance(entry, chain);
    let low = 0;
    let high = 0;
    for (let level = innermost; level >= frame && instance !== undefined; level--) {
      const live = instance.frames[frame]?.live;
      const word = (this.#standsAt(chain[level]?.callsite, at) - instance.start) * 2;
      low |= live?.[word] ?? 0;
      high |= live?.[word + 1] ?? 0;
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

function postorder(shape: Shape, start: number): readonly number[] {
  const order: number[] = [];
  const discovered = new Set([start]);
  const explored = new Set<number>();
  const stack = [start];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (explored.has(top)) {
      order.push(top);
      stack.pop();
      continue;
    }
    explored.add(top);
    for (const next of successors(shape, top)) {
      if (discovered.has(next)) continue;
      discovered.add(next);
      stack.push(next);
    }
  }
  return order;
}

function flowOrder(shape: Shape, start: number): FlowOrder {
  const order = postorder(shape, start);
  const next = new Int32Array(order.length * 2).fill(-1);
  for (const [index, insn] of order.entries()) {
    const [first, second = first] = successors(shape, insn);
    if (first === undefined || second === undefined) continue;
    next[index * 2] = first - start;
    next[index * 2 + 1] = second - start;
  }
  return { insns: Int32Array.from(order, (insn) => insn - start), next };
}
