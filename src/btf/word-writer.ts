/** Collects 32-bit words. */
export class WordWriter {
  readonly #words: number[] = [];

  get length(): number {
    return this.#words.length;
  }

  push(...words: readonly number[]): void {
    for (const word of words) this.#words.push(word);
  }

  copyTo(view: DataView, at: number, littleEndian: boolean): void {
    this.#words.forEach((word, index) => {
      view.setUint32(at + index * 4, word >>> 0, littleEndian);
    });
  }
}

/** Collects strings, each once, as a table whose first is ''. */
export class StringWriter {
  readonly #offsets = new Map<string, number>([['', 0]]);
  readonly #chunks: Uint8Array[] = [new Uint8Array(1)];
  readonly #encoder = new TextEncoder();
  #size = 1;

  offset(text: string): number {
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const offset = this.#size;
    const chunk = this.#encoder.encode(`${text}\0`);
    this.#offsets.set(text, offset);
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    return offset;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }
}
