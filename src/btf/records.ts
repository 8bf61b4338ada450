import { btfError } from '../errors/btf.js';
import { INT_ENCODING, KINDS, type KindName, LINKAGES, TYPE_HEADER_BYTES } from './constants.js';
import { type BtfSection, beyond } from './header.js';

/** The parts of a kind's record behind the three words that all start with; counted in words. */
interface RecordShape {
  /** Words that are always there. */
  readonly fixed: number;
  /** Which of those are type ids. */
  readonly fixedTypes: readonly number[];
  /** Words of each entry; there are `vlen`. */
  readonly entry: number;
  /** Where an entry has its name and type. */
  readonly entryName: number | undefined;
  readonly entryType: number | undefined;
  /** Whether the third word of all is a type id; else it is a size, or nothing. */
  readonly refers: boolean;
}

const PLAIN: RecordShape = {
  fixed: 0,
  fixedTypes: [],
  entry: 0,
  entryName: undefined,
  entryType: undefined,
  refers: false,
};
const REFERENCE: RecordShape = { ...PLAIN, refers: true };
const COMPOSITE: RecordShape = { ...PLAIN, entry: 3, entryName: 0, entryType: 1 };

const SHAPES: Readonly<Record<KindName, RecordShape>> = {
  int: { ...PLAIN, fixed: 1 },
  ptr: REFERENCE,
  array: { ...PLAIN, fixed: 3, fixedTypes: [0, 1] },
  struct: COMPOSITE,
  union: COMPOSITE,
  enum: { ...PLAIN, entry: 2, entryName: 0 },
  fwd: PLAIN,
  typedef: REFERENCE,
  volatile: REFERENCE,
  const: REFERENCE,
  restrict: REFERENCE,
  func: REFERENCE,
  func_proto: { ...REFERENCE, entry: 2, entryName: 0, entryType: 1 },
  var: { ...REFERENCE, fixed: 1 },
  datasec: { ...PLAIN, entry: 3, entryType: 0 },
  float: PLAIN,
  decl_tag: { ...REFERENCE, fixed: 1 },
  type_tag: REFERENCE,
  enum64: { ...PLAIN, entry: 3, entryName: 0 },
};
const BY_NUMBER = KINDS.map((kind) => SHAPES[kind]);
/** Words that every record starts with: name, what it is, size or type id. */
export const HEADER_WORDS = TYPE_HEADER_BYTES / 4;

/** The kind of a record, from its second word. */
export function kindOf(info: number): KindName | undefined {
  return KINDS[((info >>> 24) & 0x1f) - 1];
}

export interface RecordIndex {
  /** Where each record starts, in words; the first is that of the id after void's or the base's. */
  readonly starts: Uint32Array;
  /** The highest type id that any record names. */
  readonly highest: number;
  /** Whether there are integers of the encoding that bit-fields had before Linux 5.0. */
  readonly oddIntegers: boolean;
}

/**
 * Walks the records of a BTF section without making anything of them: that their bytes are there, that their kinds
 * are known and their names are in the strings.
 *
 * @param first the type id of the first record
 * @throws {SkepError} `BTF_TRUNCATED`, `BTF_MALFORMED`
 */
export function indexRecords(section: BtfSection, label: string, first: number): RecordIndex {
  const walk = new Walk(section, label, first);
  while (walk.at < section.typeBytes / 4) walk.record();
  return {
    starts: walk.starts.slice(0, walk.id - first),
    highest: walk.highest,
    oddIntegers: walk.oddIntegers,
  };
}

class Walk {
  readonly starts: Uint32Array;
  id: number;
  /** In words. */
  at = 0;
  highest = 0;
  oddIntegers = false;
  readonly #section: BtfSection;
  readonly #label: string;
  readonly #first: number;

  constructor(section: BtfSection, label: string, first: number) {
    this.#section = section;
    this.#label = label;
    this.#first = first;
    this.id = first;
    this.starts = new Uint32Array(Math.ceil(section.words.length / HEADER_WORDS));
  }

  record(): void {
    const { words } = this.#section;
    const start = this.#need(HEADER_WORDS);
    const info = words[start + 1] ?? 0;
    const number = (info >>> 24) & 0x1f;
    const shape = BY_NUMBER[number - 1];
    if (shape === undefined) throw this.#malformed(`is of kind ${number}, which is unknown`);
    this.#name(words[start] ?? 0);
    if (shape.refers) this.#refer(words[start + 2] ?? 0);
    if (shape.fixed > 0) {
      const fixed = this.#need(shape.fixed);
      for (const word of shape.fixedTypes) this.#refer(words[fixed + word] ?? 0);
    }
    const vlen = info & 0xffff;
    if (shape.entry > 0 && vlen > 0) this.#entries(shape, this.#need(shape.entry * vlen));
    this.#check(KINDS[number - 1], start);
    this.starts[this.id++ - this.#first] = start;
  }

  #entries({ entry, entryName, entryType }: RecordShape, start: number): void {
    const { words } = this.#section;
    for (let at = start; at < this.at; at += entry) {
      if (entryName !== undefined) this.#name(words[at + entryName] ?? 0);
      if (entryType !== undefined) this.#refer(words[at + entryType] ?? 0);
    }
  }

  /** What the numbers of some kinds must be. */
  #check(kind: KindName | undefined, start: number): void {
    const { words } = this.#section;
    if (kind === 'int') {
      const int = intFields(words, start);
      if (![1, 2, 4, 8, 16].includes(int.size) || int.bits + int.bitOffset > int.size * 8)
        throw this.#malformed(`is an integer of ${int.bits} bits in ${int.size} bytes`);
      if (int.bits !== int.size * 8 || int.bitOffset !== 0) this.oddIntegers = true;
    } else if (kind === 'func' || kind === 'var') {
      const number = kind === 'func' ? (words[start + 1] ?? 0) & 0xffff : (words[start + HEADER_WORDS] ?? 0);
      if (LINKAGES[number] === undefined) throw this.#malformed(`has linkage ${number}, which is unknown`);
    }
  }

  #need(count: number): number {
    const { typeBytes, typesAt } = this.#section;
    const start = this.at;
    if ((start + count) * 4 > typeBytes)
      throw beyond(this.#label, typesAt + start * 4, count * 4, typesAt + typeBytes);
    this.at += count;
    return start;
  }

  #name(offset: number): void {
    if (offset !== 0 && !this.#section.strings.has(offset))
      throw this.#malformed(`has a name at ${offset}, outside the strings`);
  }

  #refer(id: number): void {
    if (id > this.highest) this.highest = id;
  }

  #malformed(message: string) {
    return btfError('BTF_MALFORMED', `${this.#label}: type ${this.id} ${message}`, {
      facts: { section: this.#label, offset: this.#section.typesAt + this.at * 4, type: this.id },
    });
  }
}

/** What an integer's record says. */
export function intFields(words: Uint32Array, start: number) {
  const data = words[start + HEADER_WORDS] ?? 0;
  const encoding = (data >>> 24) & 0x0f;
  return {
    size: words[start + 2] ?? 0,
    bits: data & 0xff,
    bitOffset: (data >>> 16) & 0xff,
    signed: (encoding & INT_ENCODING.SIGNED) !== 0,
    char: (encoding & INT_ENCODING.CHAR) !== 0,
    bool: (encoding & INT_ENCODING.BOOL) !== 0,
  };
}
