import type { StringTable } from '../bytes/string-table.js';
import { btfError } from '../errors/btf.js';
import type { KindName } from './constants.js';
import { decodeRecord } from './decode.js';
import type { BtfSection } from './header.js';
import { withoutOddIntegers } from './normalise.js';
import { HEADER_WORDS, kindOf, type RecordIndex } from './records.js';
import type { BtfType, BtfTypeId, BtfTypes } from './types.js';

/**
 * The types of a section, kept as its bytes: each is decoded when it is first asked for, and stays. What a search needs
 * (kinds, and where names are) is there without decoding.
 */
export class KeptTypes implements BtfTypes {
  readonly length: number;
  readonly strings: StringTable;
  readonly #words: Uint32Array;
  readonly #index: RecordIndex;
  readonly #label: string;
  readonly #base: KeptTypes | undefined;
  /** The id of the first record. */
  readonly #first: number;
  readonly #decoded: (BtfType | undefined)[];

  constructor(section: BtfSection, index: RecordIndex, label: string, base: KeptTypes | undefined) {
    this.strings = section.strings;
    this.#words = section.words;
    this.#index = index;
    this.#label = label;
    this.#base = base;
    this.#first = base?.length ?? 1;
    this.length = this.#first + index.starts.length;
    this.#decoded = new Array<BtfType | undefined>(index.starts.length);
  }

  at(id: BtfTypeId): BtfType | undefined {
    if (id < this.#first) return this.#base === undefined ? VOID[id] : this.#base.at(id);
    const known = this.#decoded[id - this.#first];
    if (known !== undefined || id >= this.length) return known;
    const type = this.#decode(id);
    this.#decoded[id - this.#first] = type;
    return type;
  }

  /** The kind of a type, without decoding it. */
  kindAt(id: BtfTypeId): BtfType['kind'] {
    if (id < this.#first) return this.#base?.kindAt(id) ?? 'void';
    return kindOf(this.#words[this.#startOf(id) + 1] ?? 0) as KindName;
  }

  /** Where the name of a type is among the strings; 0 for none. */
  nameOffsetAt(id: BtfTypeId): number {
    if (id < this.#first) return this.#base?.nameOffsetAt(id) ?? 0;
    return this.#words[this.#startOf(id)] ?? 0;
  }

  /** Where the names of an enumeration's constants are among the strings. */
  enumeratorOffsetsAt(id: BtfTypeId): number[] {
    if (id < this.#first) return this.#base?.enumeratorOffsetsAt(id) ?? [];
    const start = this.#startOf(id);
    const info = this.#words[start + 1] ?? 0;
    const step = kindOf(info) === 'enum' ? 2 : 3;
    return Array.from(
      { length: info & 0xffff },
      (_, at) => this.#words[start + HEADER_WORDS + at * step] ?? 0,
    );
  }

  name(offset: number): string {
    if (offset === 0) return '';
    const text = this.strings.at(offset);
    if (text === undefined)
      throw btfError('BTF_MALFORMED', `${this.#label}: the name at ${offset} is not to be read`, {
        facts: { section: this.#label, offset },
      });
    return text;
  }

  *entries(): IterableIterator<[BtfTypeId, BtfType]> {
    for (let id = 0; id < this.length; id++) yield [id, this.at(id) as BtfType];
  }

  *[Symbol.iterator](): IterableIterator<BtfType> {
    for (let id = 0; id < this.length; id++) yield this.at(id) as BtfType;
  }

  #startOf(id: BtfTypeId): number {
    return this.#index.starts[id - this.#first] ?? 0;
  }

  #decode(id: BtfTypeId): BtfType {
    const record = { words: this.#words, start: this.#startOf(id), name: (at: number) => this.name(at) };
    const type = decodeRecord(record);
    return this.#index.oddIntegers ? withoutOddIntegers(this, type) : type;
  }
}

const VOID: readonly BtfType[] = [{ kind: 'void' }];
