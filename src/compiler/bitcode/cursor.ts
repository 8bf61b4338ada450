import { bitcodeError } from '../../errors/bitcode.js';
import type { BitBlock, BitRecord } from './bitstream.js';

/** Takes the operands of a record one by one, and knows where it is for an error. */
export class Cursor {
  readonly record: BitRecord;
  /** What the record is, for messages: `a load`, `a type`. */
  readonly what: string;
  at = 0;

  constructor(record: BitRecord, what: string) {
    this.record = record;
    this.what = what;
  }

  get left(): number {
    return this.record.operands.length - this.at;
  }

  /** The next operand; past the end the record is too short. */
  next(): number {
    const value = this.record.operands[this.at];
    if (value === undefined) this.malformed(`${this.what} ends after ${this.at} operands`);
    this.at++;
    return value;
  }

  /** The next operand, or `otherwise` when an older LLVM wrote none. */
  nextOr(otherwise: number): number {
    return this.left > 0 ? this.next() : otherwise;
  }

  flag(): boolean {
    return this.next() !== 0;
  }

  flagOr(otherwise: boolean): boolean {
    return this.left > 0 ? this.flag() : otherwise;
  }

  /** The next operand, exact in all its 64 bits. */
  big(): bigint {
    const index = this.at;
    const value = this.next();
    return this.record.wide?.get(index) ?? BigInt(value);
  }

  /** The next operand as a sign-rotated number: the lowest bit is the sign. */
  signedBig(): bigint {
    const value = this.big();
    if ((value & 1n) === 0n) return value >> 1n;
    return value === 1n ? -(1n << 63n) : -(value >> 1n);
  }

  rest(): number[] {
    const rest = this.record.operands.slice(this.at);
    this.at = this.record.operands.length;
    return rest;
  }

  /** The remaining operands as text, one byte each. */
  text(): string {
    return bytesToText(Uint8Array.from(this.rest()));
  }

  malformed(message: string): never {
    throw bitcodeError('BITCODE_MALFORMED', message, {
      facts: { bit: this.record.bit, code: this.record.code },
    });
  }

  unsupported(message: string, hint?: string): never {
    throw bitcodeError('BITCODE_UNSUPPORTED', message, {
      facts: { bit: this.record.bit, code: this.record.code },
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

const decoder = new TextDecoder('utf-8');

/** Names and strings of bitcode are bytes; those of C sources are UTF-8. */
export function bytesToText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

export function* recordsOf(block: BitBlock): Generator<BitRecord> {
  for (const item of block.items) if (item.kind === 'record') yield item;
}

export function* blocksOf(block: BitBlock, id?: number): Generator<BitBlock> {
  for (const item of block.items) {
    if (item.kind === 'block' && (id === undefined || item.id === id)) yield item;
  }
}
