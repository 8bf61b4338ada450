import { bitcodeError } from '../../errors/bitcode.js';

/** Reads fixed-width and variable-width fields from a little-endian bit stream. */
export class BitReader {
  readonly bytes: Uint8Array;
  /** Position of the next bit, and the end, in bits. */
  position: number;
  readonly end: number;

  constructor(bytes: Uint8Array, from = 0, to = bytes.length) {
    this.bytes = bytes;
    this.position = from * 8;
    this.end = to * 8;
  }

  get left(): number {
    return this.end - this.position;
  }

  /** An unsigned field of up to 32 bits. */
  fixed(width: number): number {
    if (width > this.left) this.truncated();
    let value = 0;
    let done = 0;
    while (done < width) {
      const bit = this.position & 7;
      const take = Math.min(8 - bit, width - done);
      const part = (this.bytes[this.position >>> 3]! >>> bit) & ((1 << take) - 1);
      value += part * 2 ** done;
      done += take;
      this.position += take;
    }
    return value;
  }

  /** A field of up to 64 bits; a `bigint` only when a number cannot hold it. */
  wideFixed(width: number): number | bigint {
    if (width <= 32) return this.fixed(width);
    const low = this.fixed(32);
    const high = this.fixed(width - 32);
    return high < 0x20_0000 ? high * 2 ** 32 + low : (BigInt(high) << 32n) | BigInt(low);
  }

  /** A variable-width field in groups of `width` bits; a `bigint` only when a number cannot hold it. */
  vbr(width: number): number | bigint {
    const start = this.position;
    const more = 2 ** (width - 1);
    let value = 0;
    let big: bigint | undefined;
    for (let shift = 0; ; shift += width - 1) {
      if (shift > 70) {
        throw bitcodeError('BITCODE_MALFORMED', 'A variable-width number is longer than 64 bits', {
          facts: { bit: start },
        });
      }
      const group = this.fixed(width);
      const part = group >= more ? group - more : group;
      if (big === undefined && shift + width - 1 > 52) big = BigInt(value);
      if (big === undefined) value += part * 2 ** shift;
      else big |= BigInt(part) << BigInt(shift);
      if (group < more) break;
    }
    if (big === undefined) return value;
    const wrapped = BigInt.asUintN(64, big);
    return wrapped <= 0x1f_ffff_ffff_ffffn ? Number(wrapped) : wrapped;
  }

  /** A variable-width number that the format keeps small: a code, a width, a count. */
  small(width: number): number {
    const start = this.position;
    const value = this.vbr(width);
    if (typeof value === 'bigint' || value > 0xffff_ffff) {
      throw bitcodeError('BITCODE_MALFORMED', 'A count or code does not fit 32 bits', {
        facts: { bit: start },
      });
    }
    return value;
  }

  /** Goes on to the next multiple of 32 bits. */
  align(): void {
    this.position = Math.ceil(this.position / 32) * 32;
    if (this.position > this.end) this.truncated();
  }

  truncated(): never {
    throw bitcodeError('BITCODE_TRUNCATED', 'The bitcode ends in the middle of a record', {
      facts: { bit: this.position },
      hint: 'The file was cut short; compile it again',
    });
  }
}
