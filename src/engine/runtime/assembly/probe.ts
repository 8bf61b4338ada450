// Copies from addresses that a program made up: what is outside of the memory, or in its zero page, faults.
import { EFAULT, ERANGE, SYSTEM_BASE } from '../layout';

@inline function readable(address: u64): u64 {
  const end = <u64><u32>memory.size() << 16;
  return address < <u64>SYSTEM_BASE || address >= end ? 0 : end - address;
}

export function probe_read(to: usize, size: u32, from: u64): i32 {
  if (readable(from) < <u64>size) {
    memory.fill(to, 0, <usize>size);
    return -EFAULT;
  }
  memory.copy(to, <usize>from, <usize>size);
  return 0;
}

/** As Linux, which tells addresses that are none of the kernel's from those where nothing is: null and what is near it. */
export function probe_read_kernel(to: usize, size: u32, from: u64): i32 {
  if (from >= <u64>SYSTEM_BASE) return probe_read(to, size, from);
  memory.fill(to, 0, <usize>size);
  return -ERANGE;
}

export function probe_read_kernel_str(to: usize, size: u32, from: u64): i32 {
  if (!size || from >= <u64>SYSTEM_BASE) return probe_read_str(to, size, from);
  memory.fill(to, 0, <usize>size);
  return -ERANGE;
}

/** There is nothing to wait for: all memory is there or is not. */
export function copy_from_user(to: usize, size: u32, from: u64): i32 { return probe_read(to, size, from); }

/** Bytes copied, the closing zero among them; a longer string is cut. */
export function probe_read_str(to: usize, size: u32, from: u64): i32 {
  if (!size) return 0;
  const room = readable(from);
  for (let i: u32 = 0; i < size; i++) {
    if (<u64>i >= room) {
      memory.fill(to, 0, <usize>size);
      return -EFAULT;
    }
    const byte = load<u8>(<usize>from + <usize>i);
    store<u8>(to + <usize>i, byte);
    if (!byte) return i + 1;
  }
  store<u8>(to + <usize>size - 1, 0);
  return size;
}

export function strncmp(a: usize, size: u32, b: usize): i32 {
  for (let i: usize = 0; i < <usize>size; i++) {
    const difference = <i32>load<u8>(a + i) - <i32>load<u8>(b + i);
    if (difference) return difference < 0 ? -1 : 1;
    if (!load<u8>(a + i)) return 0;
  }
  return 0;
}
