import { bitcodeError } from '../../errors/bitcode.js';
import { BitReader } from './bits.js';

/** One record: a code and its operands. */
export interface BitRecord {
  readonly kind: 'record';
  readonly code: number;
  /** Operands that exceed 2^53 are rounded here and exact in `wide`. */
  readonly operands: readonly number[];
  readonly wide: ReadonlyMap<number, bigint> | undefined;
  readonly blob: Uint8Array | undefined;
  /** Where it begins, in bits from the start of the file. */
  readonly bit: number;
}

export interface BitBlock {
  readonly kind: 'block';
  readonly id: number;
  readonly items: readonly (BitBlock | BitRecord)[];
  readonly bit: number;
}

type AbbreviationOperand =
  | { readonly kind: 'literal'; readonly value: number | bigint }
  | { readonly kind: 'fixed' | 'vbr'; readonly width: number }
  | { readonly kind: 'array' | 'char6' | 'blob' };
type Abbreviation = readonly AbbreviationOperand[];

const CHAR6 = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._';
const CHAR6_CODES = Array.from(CHAR6, (c) => c.charCodeAt(0));
const END_BLOCK = 0;
const ENTER_SUBBLOCK = 1;
const DEFINE_ABBREVIATION = 2;
const UNABBREVIATED = 3;
const BLOCKINFO = 0;
const SETBID = 1;
/** LLVM nests five deep and writes abbreviations of some twenty operands. */
const MAX_DEPTH = 32;
const MAX_ABBREVIATION = 256;
/** Operands that one byte of real bitcode decodes to: at most about four. */
const OPERANDS_PER_BYTE = 16;

/** Reads every block of a bitstream, from `from` to `to` (bytes), that begins after the magic number. */
export function readBitstream(bytes: Uint8Array, from: number, to: number): BitBlock[] {
  return new StreamReader(new BitReader(bytes, from, to), (to - from) * OPERANDS_PER_BYTE + 65_536).top();
}

class StreamReader {
  readonly bits: BitReader;
  /** Abbreviations that BLOCKINFO gives to every block of an id. */
  readonly standing = new Map<number, Abbreviation[]>();
  budget: number;

  constructor(bits: BitReader, budget: number) {
    this.bits = bits;
    this.budget = budget;
  }

  top(): BitBlock[] {
    const blocks: BitBlock[] = [];
    while (this.bits.left >= 32) {
      const bit = this.bits.position;
      const abbreviation = this.bits.fixed(2);
      if (abbreviation !== ENTER_SUBBLOCK) {
        // Some archivers pad with zero words.
        if (abbreviation === END_BLOCK && blocks.length > 0) {
          this.bits.position = bit + 32;
          continue;
        }
        malformed('Something other than a block stands at the top of the bitcode', bit);
      }
      blocks.push(this.block(bit, 0));
    }
    return blocks;
  }

  block(bit: number, depth: number): BitBlock {
    if (depth > MAX_DEPTH) malformed('Blocks are nested too deep', bit);
    const id = this.bits.small(8);
    const width = this.bits.small(4);
    if (width < 2 || width > 32) malformed(`Block ${id} has abbreviation ids of ${width} bits`, bit);
    this.bits.align();
    const words = this.bits.fixed(32);
    if (words * 32 > this.bits.left) this.bits.truncated();
    const abbreviations = [...(this.standing.get(id) ?? [])];
    this.spend(abbreviations.length + 1, bit);
    const items: (BitBlock | BitRecord)[] = [];
    let described: number | undefined;
    for (;;) {
      const start = this.bits.position;
      const code = this.bits.fixed(width);
      if (code === END_BLOCK) {
        this.bits.align();
        return { kind: 'block', id, items, bit };
      }
      if (code === ENTER_SUBBLOCK) items.push(this.block(start, depth + 1));
      else if (code === DEFINE_ABBREVIATION) {
        const abbreviation = this.abbreviation(start);
        if (id !== BLOCKINFO) abbreviations.push(abbreviation);
        else if (described === undefined) malformed('An abbreviation is for no block', start);
        else appendTo(this.standing, described, abbreviation);
      } else {
        const record =
          code === UNABBREVIATED ? this.plain(start) : this.short(abbreviations[code - 4], start);
        if (id === BLOCKINFO && record.code === SETBID) described = record.operands[0];
        items.push(record);
      }
    }
  }

  /** Charges for decoded operands, so that a small file cannot unfold without bound. */
  spend(operands: number, bit: number): void {
    this.budget -= operands;
    if (this.budget < 0) {
      throw bitcodeError('BITCODE_TOO_LARGE', 'The bitcode decodes to far more than its size warrants', {
        facts: { bit },
      });
    }
  }

  abbreviation(bit: number): Abbreviation {
    const count = this.bits.small(5);
    if (count === 0 || count > MAX_ABBREVIATION) malformed(`An abbreviation has ${count} operands`, bit);
    this.spend(count, bit);
    const operands: AbbreviationOperand[] = [];
    for (let i = 0; i < count; i++) {
      if (this.bits.fixed(1) === 1) operands.push({ kind: 'literal', value: this.bits.vbr(8) });
      else operands.push(this.encoding(bit));
    }
    checkAbbreviation(operands, bit);
    return operands;
  }

  encoding(bit: number): AbbreviationOperand {
    const encoding = this.bits.fixed(3);
    switch (encoding) {
      case 1:
      case 2: {
        const width = this.bits.small(5);
        // LLVM reads a field without bits as zero.
        if (width === 0) return { kind: 'literal', value: 0 };
        if (width > (encoding === 1 ? 64 : 32) || (encoding === 2 && width === 1)) {
          malformed(`An abbreviation has a field of ${width} bits`, bit);
        }
        return { kind: encoding === 1 ? 'fixed' : 'vbr', width };
      }
      case 3:
        return { kind: 'array' };
      case 4:
        return { kind: 'char6' };
      case 5:
        return { kind: 'blob' };
      default:
        return malformed(`An abbreviation has an unknown encoding ${encoding}`, bit);
    }
  }

  plain(bit: number): BitRecord {
    const code = this.bits.small(6);
    const count = this.bits.small(6);
    if (count * 6 > this.bits.left) this.bits.truncated();
    this.spend(count + 1, bit);
    const out = new OperandList();
    for (let i = 0; i < count; i++) out.push(this.bits.vbr(6));
    return { kind: 'record', code, operands: out.operands, wide: out.wide, blob: undefined, bit };
  }

  short(abbreviation: Abbreviation | undefined, bit: number): BitRecord {
    if (abbreviation === undefined) malformed('A record uses an abbreviation that is not defined', bit);
    this.spend(abbreviation.length, bit);
    const out = new OperandList();
    let blob: Uint8Array | undefined;
    for (let i = 0; i < abbreviation.length; i++) {
      const operand = abbreviation[i]!;
      if (operand.kind === 'array') {
        this.array(abbreviation[++i]!, out, bit);
      } else if (operand.kind === 'blob') {
        blob = this.blob();
      } else out.push(this.scalar(operand));
    }
    const [code, ...operands] = out.operands;
    if (code === undefined) malformed('A record has no code', bit);
    const wide = out.wide && new Map([...out.wide].map(([index, value]) => [index - 1, value]));
    return { kind: 'record', code, operands, wide, blob, bit };
  }

  scalar(operand: AbbreviationOperand): number | bigint {
    switch (operand.kind) {
      case 'literal':
        return operand.value;
      case 'fixed':
        return this.bits.wideFixed(operand.width);
      case 'vbr':
        return this.bits.vbr(operand.width);
      default:
        return CHAR6_CODES[this.bits.fixed(6)]!;
    }
  }

  array(element: AbbreviationOperand, out: OperandList, bit: number): void {
    const count = this.bits.small(6);
    const width = element.kind === 'fixed' || element.kind === 'vbr' ? element.width : 6;
    if (count * width > this.bits.left) this.bits.truncated();
    this.spend(count, bit);
    for (let i = 0; i < count; i++) out.push(this.scalar(element));
  }

  blob(): Uint8Array {
    const length = this.bits.small(6);
    this.bits.align();
    const from = this.bits.position / 8;
    if (length * 8 > this.bits.left) this.bits.truncated();
    this.bits.position += length * 8;
    this.bits.align();
    return this.bits.bytes.subarray(from, from + length);
  }
}

class OperandList {
  readonly operands: number[] = [];
  wide: Map<number, bigint> | undefined;

  push(value: number | bigint): void {
    if (typeof value === 'bigint') {
      this.wide ??= new Map();
      this.wide.set(this.operands.length, value);
    }
    this.operands.push(Number(value));
  }
}

function checkAbbreviation(operands: Abbreviation, bit: number): void {
  for (const [index, { kind }] of operands.entries()) {
    const last = operands.length - 1;
    if (kind === 'blob' && index !== last) malformed('A blob is not the last operand', bit);
    if (kind === 'array' && index !== last - 1) malformed('An array is not the last operand but one', bit);
  }
  const element = operands.at(-2)?.kind === 'array' ? operands.at(-1)!.kind : 'fixed';
  if (element === 'array' || element === 'blob' || element === 'literal') {
    malformed(`An array has elements of encoding ${element}`, bit);
  }
}

function appendTo(map: Map<number, Abbreviation[]>, key: number, value: Abbreviation): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function malformed(message: string, bit: number): never {
  throw bitcodeError('BITCODE_MALFORMED', message, { facts: { bit } });
}
