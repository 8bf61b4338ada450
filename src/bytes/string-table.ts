/**
 * A table of NUL-terminated strings, as ELF and BTF have them, addressed by byte offset.
 *
 * Reading is bounded: hostile tables whose entries all overlap cannot make it produce more than a small multiple of
 * the table's own size.
 */
export interface StringTable {
  /** Bytes in the table. */
  readonly size: number;
  /** Where a string's bytes are, for who compares without reading: the table, and the offset in it. */
  place(offset: number): { readonly bytes: Uint8Array; readonly at: number };
  /** Whether a string is at an offset; tells without reading it. */
  has(offset: number): boolean;
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
  // Cutting names out of one text is several times faster than decoding each.
  let whole: { readonly ascii: string | undefined } | undefined;
  const lastEnd = bytes.lastIndexOf(0);
  let budget = bytes.length * YIELD_FACTOR + YIELD_MINIMUM;
  return {
    size: bytes.length,
    has: (offset) => offset >= 0 && offset <= lastEnd,
    place: (at) => ({ bytes, at }),
    at(offset) {
      const cached = known.get(offset);
      if (cached !== undefined) return cached;
      if (offset < 0 || offset >= bytes.length) return undefined;
      const end = bytes.indexOf(0, offset);
      if (end < 0) return undefined;
      budget -= end - offset;
      if (budget < 0) return undefined;
      whole ??= { ascii: isAscii(bytes) ? decoder.decode(bytes) : undefined };
      const text = whole.ascii?.slice(offset, end) ?? decoder.decode(bytes.subarray(offset, end));
      known.set(offset, text);
      return text;
    },
  };
}

function isAscii(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if ((bytes[at] ?? 0) >= 0x80) return false;
  return true;
}
