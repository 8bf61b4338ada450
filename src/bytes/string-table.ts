/**
 * A table of NUL-terminated strings, as ELF and BTF have them, addressed by byte offset.
 *
 * Reading is bounded: hostile tables whose entries all overlap cannot make it produce more than a small multiple of
 * the table's own size.
 */
export interface StringTable {
  /** Bytes in the table. */
  readonly size: number;
  /** The string at an offset; undefined when the offset is outside, the string has no end, or the bound is passed. */
  at(offset: number): string | undefined;
}

/** How many times its own size a table may yield: linkers share tails, but not more often than this. */
const YIELD_FACTOR = 16;
const YIELD_MINIMUM = 1 << 16;

/** A view of `bytes` as a string table; each offset is decoded once. UTF-8, invalid sequences become U+FFFD. */
export function stringTable(bytes: Uint8Array): StringTable {
  const known = new Map<number, string>();
  const decoder = new TextDecoder();
  let budget = bytes.length * YIELD_FACTOR + YIELD_MINIMUM;
  return {
    size: bytes.length,
    at(offset) {
      const cached = known.get(offset);
      if (cached !== undefined) return cached;
      if (offset < 0 || offset >= bytes.length) return undefined;
      const end = bytes.indexOf(0, offset);
      if (end < 0) return undefined;
      budget -= end - offset;
      if (budget < 0) return undefined;
      const text = decode(bytes, offset, end, decoder);
      known.set(offset, text);
      return text;
    },
  };
}

/** Names are short and nearly always ASCII, for which `TextDecoder` is slower than this. */
function decode(bytes: Uint8Array, start: number, end: number, decoder: TextDecoder): string {
  if (end - start > 64) return decoder.decode(bytes.subarray(start, end));
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80) return decoder.decode(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}
