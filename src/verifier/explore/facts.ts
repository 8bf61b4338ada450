import type { InsnFacts, MemoryRegion } from '../verify.js';

const UNSEEN = -1;
const REGIONS: readonly MemoryRegion[] = ['stack', 'ctx', 'packet', 'map_value', 'mem', 'mixed'];
const MIXED = REGIONS.indexOf('mixed');
/** No offset is constant, no map is known, the key is not on the stack. */
const VARIES = 0x7fff_ffff;

/** Joins what every path says of each instruction: what the JIT may rely on. */
export class FactsCollector {
  readonly #reached: Uint8Array;
  readonly #region: Int8Array;
  readonly #offset: Int32Array;
  readonly #map: Int32Array;
  readonly #key: Int32Array;

  constructor(length: number) {
    this.#reached = new Uint8Array(length);
    this.#region = new Int8Array(length).fill(UNSEEN);
    this.#offset = new Int32Array(length).fill(UNSEEN);
    this.#map = new Int32Array(length).fill(UNSEEN);
    this.#key = new Int32Array(length).fill(UNSEEN);
  }

  reached(insn: number): void {
    this.#reached[insn] = 1;
  }

  /** @param offset of the base register, undefined when it is not constant. */
  memory(insn: number, region: MemoryRegion, offset: number | undefined): void {
    const code = REGIONS.indexOf(region);
    const before = this.#region[insn];
    const now = offset ?? VARIES;
    if (before === UNSEEN) {
      this.#region[insn] = code;
      this.#offset[insn] = now;
      return;
    }
    if (before !== code) this.#region[insn] = MIXED;
    if (this.#offset[insn] !== now) this.#offset[insn] = VARIES;
  }

  /** @param map index of the map argument, @param key offset of r2 in the frame, undefined when it varies. */
  call(insn: number, map: number | undefined, key: number | undefined): void {
    join(this.#map, insn, map);
    join(this.#key, insn, key);
  }

  /** Whether paths use different maps in a call. */
  mapVaries(insn: number): boolean {
    return this.#map[insn] === VARIES;
  }

  result(insn: number): InsnFacts {
    const region = this.#region[insn] as number;
    const offset = this.#offset[insn] as number;
    const map = this.#map[insn] as number;
    const key = this.#key[insn] as number;
    return {
      reached: this.#reached[insn] === 1,
      ...(region === UNSEEN
        ? {}
        : {
            memory: {
              region: REGIONS[region] as MemoryRegion,
              ...(offset === VARIES || region === MIXED ? {} : { offset }),
            },
          }),
      ...(map === UNSEEN || map === VARIES ? {} : { map }),
      ...(key === UNSEEN || key === VARIES ? {} : { keyOnStackAt: key }),
    };
  }
}

function join(column: Int32Array, insn: number, value: number | undefined): void {
  const now = value ?? VARIES;
  if (column[insn] === UNSEEN) column[insn] = now;
  else if (column[insn] !== now) column[insn] = VARIES;
}
