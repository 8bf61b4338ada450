// Internet checksums, RFC 1071. Sums are kept in 32 bits with the carry added back.
import { EFAULT, EINVAL, SKB_DATA, SKB_DATA_END } from '../layout';

@inline function add(a: u32, b: u32): u32 {
  const sum = <u64>a + <u64>b;
  return <u32>sum + <u32>(sum >> 32);
}
@inline function toSixteen(sum: u32): u32 {
  sum = (sum & 0xffff) + (sum >> 16);
  return (sum & 0xffff) + (sum >> 16);
}
@inline function fold(sum: u32): u32 { return ~toSixteen(sum) & 0xffff; }

function partial(from: usize, size: u32, sum: u32): u32 {
  let total: u64 = sum;
  const end = from + <usize>size;
  for (; from + 4 <= end; from += 4) total += <u64>load<u32>(from);
  if (from + 2 <= end) {
    total += <u64>load<u16>(from);
    from += 2;
  }
  if (from < end) total += <u64>load<u8>(from);
  return add(<u32>total, <u32>(total >> 32));
}

export function csum_diff(from: usize, fromSize: u32, to: usize, toSize: u32, seed: u32): i64 {
  if ((fromSize | toSize) & 3) return -EINVAL;
  let sum = seed;
  if (fromSize && toSize) {
    sum = add(partial(to, toSize, sum), ~partial(from, fromSize, 0));
  } else if (toSize) {
    sum = partial(to, toSize, sum);
  } else if (fromSize) {
    sum = ~partial(from, fromSize, ~sum);
  }
  return <i64><u64>toSixteen(sum);
}

function fieldOf(ctx: usize, offset: u32): usize {
  if (offset > 0xffff || offset & 1) return 0;
  const field = load<u32>(ctx, SKB_DATA) + offset;
  return field + 2 > load<u32>(ctx, SKB_DATA_END) ? 0 : <usize>field;
}

// `width`: 0 `to` is a difference of sums, 2 and 4 the field's size.
function replace(field: usize, from: u64, to: u64, width: u64): i32 {
  const old: u32 = ~<u32>load<u16>(field);
  if (width == 0) {
    if (from) return -EINVAL;
    store<u16>(field, <u16>fold(add(<u32>to, old)));
  } else if (width == 2) {
    const sum = add(add(old & 0xffff, ~<u32>from & 0xffff), <u32>to & 0xffff);
    store<u16>(field, <u16>fold(sum));
  } else if (width == 4) {
    store<u16>(field, <u16>fold(add(add(old, ~<u32>from), <u32>to)));
  } else {
    return -EINVAL;
  }
  return 0;
}

export function l3_csum_replace(ctx: usize, offset: u32, from: u64, to: u64, flags: u64): i32 {
  if (flags & ~15) return -EINVAL;
  const field = fieldOf(ctx, offset);
  return field ? replace(field, from, to, flags & 15) : -EFAULT;
}

const MARK_MANGLED_0: u64 = 0x20;
const MARK_ENFORCE: u64 = 0x40;

export function l4_csum_replace(ctx: usize, offset: u32, from: u64, to: u64, flags: u64): i32 {
  if (flags & ~0xff) return -EINVAL;
  const field = fieldOf(ctx, offset);
  if (!field) return -EFAULT;
  const zeroMeansNone = (flags & MARK_MANGLED_0) != 0;
  if (zeroMeansNone && !(flags & MARK_ENFORCE) && !load<u16>(field)) return 0;
  const error = replace(field, from, to, flags & 15);
  if (!error && zeroMeansNone && !load<u16>(field)) store<u16>(field, 0xffff);
  return error;
}
