/** Turns a packet's 64-bit time stamp into seconds and nanoseconds: the two numbers are left in the object. */
export class Timescale {
  seconds = 0;
  nanoseconds = 0;
  readonly #units: bigint;
  readonly #offset: bigint;
  /** Nanoseconds in a unit, when whole and the fast path may be taken; else 0. */
  readonly #unitNanoseconds: number;

  /**
   * @param resolution `if_tsresol`: a negative power of 10, or of 2 when the high bit is set.
   * @param offset `if_tsoffset`: seconds to add.
   */
  constructor(resolution = 6, offset = 0n) {
    const exponent = BigInt(resolution & 0x7f);
    this.#units = resolution & 0x80 ? 2n ** exponent : 10n ** exponent;
    this.#offset = offset;
    this.#unitNanoseconds = resolution <= 9 && offset === 0n ? 10 ** (9 - resolution) : 0;
  }

  set(high: number, low: number): void {
    if (this.#unitNanoseconds === 0) this.#setExactly((BigInt(high) << 32n) | BigInt(low));
    else this.#setQuickly(high, low);
  }

  /** A quotient in doubles is off by one at most; the remainder modulo 2^32 tells. */
  #setQuickly(high: number, low: number): void {
    const perSecond = 1e9 / this.#unitNanoseconds;
    let seconds = Math.floor((high * 2 ** 32 + low) / perSecond);
    if (seconds > 0xffffffff) {
      this.seconds = 0xffffffff;
      this.nanoseconds = 0;
      return;
    }
    let rest = (low - Math.imul(seconds, perSecond)) | 0;
    if (rest < 0) {
      seconds--;
      rest += perSecond;
    } else if (rest >= perSecond) {
      seconds++;
      rest -= perSecond;
    }
    this.seconds = seconds;
    this.nanoseconds = rest * this.#unitNanoseconds;
  }

  #setExactly(value: bigint): void {
    const seconds = value / this.#units + this.#offset;
    // The engine's clock counts from 1970 and 32 bits of seconds reach 2106: what lies outside is moved to the edge.
    this.seconds = seconds < 0n ? 0 : seconds > 0xffffffffn ? 0xffffffff : Number(seconds);
    this.nanoseconds = Number(((value % this.#units) * 1_000_000_000n) / this.#units);
  }
}
