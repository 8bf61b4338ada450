import type { StringTable } from '../bytes/string-table.js';

/** A hash of the name as far as its flavour: up to the first `___` that is not its start. FNV-1a over UTF-8. */
export function nameHash(name: string): number {
  const bytes = encoder.encode(name);
  return hashBytes(bytes, 0, bytes.length);
}

const encoder = new TextEncoder();
const UNDERSCORE = 0x5f;

function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0) break;
    if (byte === UNDERSCORE && at > start && bytes[at + 1] === UNDERSCORE && bytes[at + 2] === UNDERSCORE)
      break;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}

const END = 0xffff_ffff;

/** Which types have names of a hash: flat chains, so that a kernel's names take milliseconds and no objects. */
export class NameTable {
  /** By the low bits of the hash: the first entry of its chain, and the last. */
  readonly #first: Uint32Array;
  readonly #last: Uint32Array;
  #hashes: Uint32Array;
  #ids: Uint32Array;
  #next: Uint32Array;
  #count = 0;

  /** @param expected about how many names there will be */
  constructor(expected: number) {
    const buckets = 2 ** Math.max(4, Math.ceil(Math.log2(expected + 1)));
    this.#first = new Uint32Array(buckets).fill(END);
    this.#last = new Uint32Array(buckets).fill(END);
    this.#hashes = new Uint32Array(buckets);
    this.#ids = new Uint32Array(buckets);
    this.#next = new Uint32Array(buckets);
  }

  /** Adds a name; ids come out in the order in which they went in. */
  add(name: string, id: number): void {
    if (name !== '') this.#add(nameHash(name), id);
  }

  /** The same for a name that is in a table of strings, without reading it. */
  addAt(strings: StringTable, offset: number, id: number): void {
    const { bytes, at } = strings.place(offset);
    this.#add(hashBytes(bytes, at, bytes.length), id);
  }

  *idsOf(hash: number): Generator<number> {
    const bucket = hash & (this.#first.length - 1);
    for (let at = this.#first[bucket] ?? END; at !== END; at = this.#next[at] ?? END) {
      if (this.#hashes[at] === hash) yield this.#ids[at] ?? 0;
    }
  }

  #add(hash: number, id: number): void {
    if (this.#count === this.#ids.length) this.#grow();
    const entry = this.#count++;
    const bucket = hash & (this.#first.length - 1);
    const last = this.#last[bucket] ?? END;
    if (last === END) this.#first[bucket] = entry;
    else this.#next[last] = entry;
    this.#last[bucket] = entry;
    this.#hashes[entry] = hash;
    this.#ids[entry] = id;
    this.#next[entry] = END;
  }

  #grow(): void {
    const twice = (old: Uint32Array) => {
      const made = new Uint32Array(old.length * 2);
      made.set(old);
      return made;
    };
    this.#hashes = twice(this.#hashes);
    this.#ids = twice(this.#ids);
    this.#next = twice(this.#next);
  }
}
