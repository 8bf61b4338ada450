import type { EngineMemory } from '../../memory.js';

/** Something that is to happen at a time. */
export interface Timer {
  readonly due: number;
  cancel(): void;
}

interface Entry {
  readonly due: number;
  readonly action: () => void;
  /** Whoever waits waits for it. */
  readonly wakes: boolean;
}

/**
 * Timers on the engine's clock. They go off when the world's time is moved on: simulated calls that wait do so, and
 * `advance` does. Nothing goes off by itself while real time passes.
 */
export class Clock {
  readonly #memory: EngineMemory;
  readonly #entries = new Set<Entry>();

  constructor(memory: EngineMemory) {
    this.#memory = memory;
  }

  /** Nanoseconds since boot. */
  get now(): number {
    return Number(this.#memory.runtime.ktime_get_ns());
  }

  /** @param wakes false for what only tidies up: nobody waits for it. */
  after(nanoseconds: number, action: () => void, wakes = true): Timer {
    const entry = { due: this.now + nanoseconds, action, wakes };
    this.#entries.add(entry);
    return { due: entry.due, cancel: () => this.#entries.delete(entry) };
  }

  /** Moves on to the next timer, while one is left that somebody may wait for. @returns whether there was one */
  step(): boolean {
    const entries = [...this.#entries];
    return entries.some(({ wakes }) => wakes) && this.#fire(entries, Number.POSITIVE_INFINITY);
  }

  /** Lets everything happen that is due in the next so many nanoseconds. */
  advance(nanoseconds: number): void {
    const until = this.now + nanoseconds;
    while (this.#fire([...this.#entries], until));
    this.#moveTo(until);
  }

  #fire(entries: readonly Entry[], until: number): boolean {
    let next: Entry | undefined;
    for (const entry of entries)
      if (entry.due <= until && (next === undefined || entry.due < next.due)) next = entry;
    if (next === undefined) return false;
    this.#entries.delete(next);
    this.#moveTo(next.due);
    next.action();
    return true;
  }

  #moveTo(time: number): void {
    const { now } = this;
    if (time > now) this.#memory.advanceClock(BigInt(Math.ceil(time - now)));
  }
}
