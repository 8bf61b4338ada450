import type { InsnFacts } from '../verify.js';

const UNSEEN = -1;
/** No map is known, or not the same on all paths. */
const VARIES = -2;

/** Joins what every path says of each instruction: what the JIT may rely on. */
export class FactsCollector {
  readonly #reached: Uint8Array;
  readonly #map: Int32Array;

  constructor(length: number) {
    this.#reached = new Uint8Array(length);
    this.#map = new Int32Array(length).fill(UNSEEN);
  }

  reached(insn: number): void {
    this.#reached[insn] = 1;
  }

  isReached(insn: number): boolean {
    return this.#reached[insn] === 1;
  }

  /** @param map index of the map argument, undefined when it is none of the program's own. */
  call(insn: number, map = VARIES): void {
    const before = this.#map[insn];
    this.#map[insn] = before === UNSEEN || before === map ? map : VARIES;
  }

  /** Whether paths use different maps in a call. */
  mapVaries(insn: number): boolean {
    return this.#map[insn] === VARIES;
  }

  result(insn: number): InsnFacts {
    const map = this.#map[insn] as number;
    return { reached: this.isReached(insn), ...(map < 0 ? {} : { map }) };
  }
}
