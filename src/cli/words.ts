import { didYouMean, UsageError } from './usage.js';

/** The words of a command line, taken one after the other, in bpftool's way. */
export class Words {
  private readonly words: readonly string[];
  private at = 0;

  constructor(words: readonly string[]) {
    this.words = words;
  }

  get left(): number {
    return this.words.length - this.at;
  }
  peek(): string | undefined {
    return this.words[this.at];
  }
  /** @param what For the message: `a file`. */
  take(what: string): string {
    const word = this.words[this.at];
    if (word === undefined) throw new UsageError(`expected ${what}, but the command ends here`);
    this.at++;
    return word;
  }
  /** Takes the next word when it is `keyword` or a beginning of it, as bpftool allows. */
  accept(keyword: string): boolean {
    const word = this.words[this.at];
    if (word === undefined || !isPrefix(word, keyword)) return false;
    this.at++;
    return true;
  }
  /** Takes one of the keywords; the first of which the word is a beginning. */
  keyword<K extends string>(keywords: readonly K[]): K {
    const word = this.words[this.at];
    const list = listed(keywords);
    if (word === undefined) throw new UsageError(`expected ${list}, but the command ends here`);
    const found = findWord(word, keywords);
    if (found === undefined)
      throw new UsageError(`expected ${list}, got '${word}'`, didYouMean(word, keywords));
    this.at++;
    return found;
  }
  /** @throws {UsageError} when something is left. */
  end(): void {
    const word = this.words[this.at];
    if (word !== undefined) throw new UsageError(`'${word}' is too much: the command should end before it`);
  }
  /** A whole number in decimal or 0x hex, from 0 to `max`. */
  number(what: string, max = 0xffff_ffff): number {
    const word = this.take(what);
    return parseNumber(word, what, max);
  }
  /** All that is left. */
  rest(): string[] {
    const words = this.words.slice(this.at);
    this.at = this.words.length;
    return words;
  }
}

export function parseNumber(word: string, what: string, max = 0xffff_ffff): number {
  const value = /^(?:\d{1,20}|0[xX][0-9a-fA-F]{1,16})$/.test(word) ? Number(word) : Number.NaN;
  if (Number.isNaN(value)) throw new UsageError(`can't parse ${word} as ${what}`);
  if (value > max) throw new UsageError(`${word} is too much as ${what}: at most ${max}`);
  return value;
}

/**
 * Exactly `size` bytes: decimal or 0x numbers, or, after `hex`, pairs of hex digits with or without 0x.
 * @param what `key` or `value`, for messages.
 */
export function takeBytes(words: Words, size: number, what: string): Uint8Array {
  const isHex = words.peek() === 'hex' && words.accept('hex');
  const bytes: number[] = [];
  while (bytes.length < size) {
    const word = words.peek();
    const byte = word === undefined ? undefined : parseByte(word, isHex);
    if (byte === undefined) {
      if (word === undefined || /^[a-z]+$/i.test(word)) {
        throw new UsageError(`${what} expected ${size} bytes got ${bytes.length}`, {
          hint: `Give ${size} numbers from 0 to 255${isHex ? ' in hex' : ''}, separated by spaces.`,
        });
      }
      throw new UsageError(`error parsing byte: ${word}`, {
        hint: 'A byte is 0 to 255, in decimal or as 0x00 to 0xff.',
      });
    }
    words.take('a byte');
    bytes.push(byte);
  }
  const more = words.peek();
  if (more !== undefined && parseByte(more, isHex) !== undefined && !/^[a-z]/i.test(more)) {
    throw new UsageError(`${what} expected ${size} bytes got more: '${more}'`);
  }
  return Uint8Array.from(bytes);
}

function parseByte(word: string, isHex: boolean): number | undefined {
  const pattern = isHex ? /^(?:0x)?[0-9a-f]{1,2}$/i : /^(?:\d{1,3}|0x[0-9a-f]{1,2})$/i;
  if (!pattern.test(word)) return undefined;
  const value = isHex ? Number.parseInt(word, 16) : Number(word);
  return value <= 255 ? value : undefined;
}

export function isPrefix(word: string, keyword: string): boolean {
  return word !== '' && keyword.startsWith(word);
}

/** The keyword itself, else the first of which the word is a beginning. */
export function findWord<K extends string>(word: string, keywords: readonly K[]): K | undefined {
  return keywords.find((keyword) => keyword === word) ?? keywords.find((keyword) => isPrefix(word, keyword));
}

function listed(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word}'`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
