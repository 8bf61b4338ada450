// Pointers that know their bounds: 16 bytes on the program's stack. Linux: kernel/bpf/helpers.c.
import { E2BIG, EINVAL } from '../layout';
import { ringbuf_discard, ringbuf_reserve, ringbuf_submit } from './ringbuf';

/** u64: address of the memory, 0 when the dynptr leads nowhere. */
const DATA: usize = 0;
/** u32: size in its lower 24 bits, what kind of memory, and whether it may only be read. */
const SIZE: usize = 8;
/** u32: where in the memory it starts. */
const OFFSET: usize = 12;
const SIZE_MASK: u32 = 0xffffff;
const KIND_SHIFT: u32 = 28;
const KIND_LOCAL: u32 = 1;
const KIND_RINGBUF: u32 = 2;
const READ_ONLY: u32 = 0x80000000;

function clear(dynptr: usize): void {
  store<u64>(dynptr, 0, DATA);
  store<u64>(dynptr, 0, SIZE);
}

function set(dynptr: usize, data: usize, size: u32, kind: u32): void {
  store<u64>(dynptr, <u64>data, DATA);
  store<u32>(dynptr, size | (kind << KIND_SHIFT), SIZE);
  store<u32>(dynptr, 0, OFFSET);
}

export function dynptr_from_mem(data: usize, size: u32, flags: u64, dynptr: usize): i32 {
  if (size > SIZE_MASK || flags) {
    clear(dynptr);
    return size > SIZE_MASK ? -E2BIG : -EINVAL;
  }
  set(dynptr, data, size, KIND_LOCAL);
  return 0;
}

@inline
function outside(dynptr: usize, offset: u32, size: u32): bool {
  const all = load<u32>(dynptr, SIZE) & SIZE_MASK;
  return size > all || offset > all - size;
}

@inline
function at(dynptr: usize, offset: u32): usize {
  return <usize>load<u64>(dynptr, DATA) + <usize>(load<u32>(dynptr, OFFSET) + offset);
}

export function dynptr_read(to: usize, size: u32, dynptr: usize, offset: u32, flags: u64): i32 {
  if (!load<u64>(dynptr, DATA) || flags) return -EINVAL;
  if (outside(dynptr, offset, size)) return -E2BIG;
  memory.copy(to, at(dynptr, offset), <usize>size);
  return 0;
}

export function dynptr_write(dynptr: usize, offset: u32, from: usize, size: u32, flags: u64): i32 {
  if (!load<u64>(dynptr, DATA) || load<u32>(dynptr, SIZE) & READ_ONLY) return -EINVAL;
  if (outside(dynptr, offset, size)) return -E2BIG;
  if (flags) return -EINVAL;
  memory.copy(at(dynptr, offset), from, <usize>size);
  return 0;
}

/** The address of so many bytes, or 0. */
export function dynptr_data(dynptr: usize, offset: u32, size: u32): usize {
  if (!load<u64>(dynptr, DATA) || outside(dynptr, offset, size)) return 0;
  return load<u32>(dynptr, SIZE) & READ_ONLY ? 0 : at(dynptr, offset);
}

export function ringbuf_reserve_dynptr(map: usize, size: u32, flags: u64, dynptr: usize): i32 {
  clear(dynptr);
  if (flags) return -EINVAL;
  if (size > SIZE_MASK) return -E2BIG;
  const sample = ringbuf_reserve(map, <u64>size, 0);
  if (!sample) return -EINVAL;
  set(dynptr, sample, size, KIND_RINGBUF);
  return 0;
}

export function ringbuf_submit_dynptr(dynptr: usize, flags: u64): void {
  const sample = <usize>load<u64>(dynptr, DATA);
  if (sample) ringbuf_submit(sample, flags);
  clear(dynptr);
}

export function ringbuf_discard_dynptr(dynptr: usize, flags: u64): void {
  const sample = <usize>load<u64>(dynptr, DATA);
  if (sample) ringbuf_discard(sample, flags);
  clear(dynptr);
}
