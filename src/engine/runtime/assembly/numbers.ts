// Numbers out of text, as bpf_strtol and bpf_strtoul read them. Linux: kernel/bpf/helpers.c, lib/kstrtox.c.
import { EINVAL, ERANGE } from '../layout';

const BASES: u64 = 31;
/** Characters after space and sign that are looked at. */
const MOST_CHARACTERS: u32 = 63;

let value: u64 = 0;
let negative: bool = false;

@inline
function isSpace(char: u32): bool { return char == 32 || (char >= 9 && char <= 13) || char == 0xa0; }

/** What a character counts as a digit, 255 when it is none. */
function digitOf(char: u32): u32 {
  if (char >= 48 && char <= 57) return char - 48;
  const lower = char | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : 255;
}

@inline
function at(text: usize, i: u32, end: u32): u32 { return i < end ? <u32>load<u8>(text + <usize>i) : 0; }

/** Leaves the number in `value` and its sign in `negative`; how many characters it took, or an error. */
function read(text: usize, size: u32, flags: u64): i32 {
  let base = <u32>(flags & BASES);
  if (!size || flags & ~BASES || (base != 0 && base != 8 && base != 10 && base != 16)) return -EINVAL;
  let i: u32 = 0;
  while (i < size && isSpace(<u32>load<u8>(text + <usize>i))) i++;
  negative = at(text, i, size) == 45;
  if (negative) i++;
  if (i == size) return -EINVAL;
  const end = i + min<u32>(size - i, MOST_CHARACTERS);
  const prefixed = at(text, i, end) == 48 && (at(text, i + 1, end) | 32) == 120;
  if (base == 0) {
    base = at(text, i, end) != 48 ? 10 : prefixed && digitOf(at(text, i + 2, end)) < 16 ? 16 : 8;
  }
  if (base == 16 && prefixed) i += 2;
  const first = i;
  let overflows = false;
  value = 0;
  for (; i < end; i++) {
    const digit = digitOf(<u32>load<u8>(text + <usize>i));
    if (digit >= base) break;
    if (value > (u64.MAX_VALUE - <u64>digit) / <u64>base) overflows = true;
    value = value * <u64>base + <u64>digit;
  }
  return overflows ? -ERANGE : i == first ? -EINVAL : <i32>i;
}

export function strtoul(text: usize, size: u32, flags: u64, result: usize): i32 {
  store<u64>(result, 0);
  const taken = read(text, size, flags);
  if (taken < 0) return taken;
  if (negative) return -EINVAL;
  store<u64>(result, value);
  return taken;
}

export function strtol(text: usize, size: u32, flags: u64, result: usize): i32 {
  store<u64>(result, 0);
  const taken = read(text, size, flags);
  if (taken < 0) return taken;
  const signed = negative ? -(<i64>value) : <i64>value;
  if (negative ? signed > 0 : signed < 0) return -ERANGE;
  store<i64>(result, signed);
  return taken;
}
