// Two-level segregated fit (Masmano et al., ECRTS 2004): constant time, neighbours are joined when freed.
// A block: u32 size of its payload | FREE, u32 address of the block before it, payload. Payloads are 16-byte aligned.
// The first two words of a free payload link it in the list of its class.
import {
  SYS_ALLOC_LOCK, SYS_FIRST_LEVEL, SYS_FREE_LISTS, SYS_HEAP_SENTINEL, SYS_HEAP_START, SYS_SECOND_LEVEL, SYS_USED,
} from '../layout';
import { acquire, release, roundUp } from './cpu';

const FREE: u32 = 1;
const HEADER: usize = 8;
const MIN_PAYLOAD: usize = 24;
const MAX_PAYLOAD: usize = 0xfff00000;
const GROW_PAGES: usize = 16;

@inline function sizeOf(block: usize): usize { return <usize>(load<u32>(block) & ~FREE); }
@inline function isFree(block: usize): bool { return (load<u32>(block) & FREE) != 0; }
@inline function nextOf(block: usize): usize { return block + HEADER + sizeOf(block); }

// Classes: below 256 bytes one for each 16 bytes, above 16 for each power of two.
@inline
function classOf(size: usize): u32 {
  if (size < 256) return <u32>(size >> 4);
  const level = 31 - clz<u32>(<u32>size);
  return ((level - 7) << 4) | ((<u32>size >> (level - 4)) & 15);
}

function link(block: usize): void {
  const cls = classOf(sizeOf(block));
  const list = <usize>SYS_FREE_LISTS + (<usize>cls << 2);
  const head = <usize>load<u32>(list);
  store<u32>(block + HEADER, <u32>head);
  store<u32>(block + HEADER + 4, 0);
  if (head) store<u32>(head + HEADER + 4, <u32>block);
  store<u32>(list, <u32>block);
  const level = cls >> 4;
  const second = <usize>SYS_SECOND_LEVEL + (<usize>level << 2);
  store<u32>(second, load<u32>(second) | (1 << (cls & 15)));
  store<u32>(SYS_FIRST_LEVEL, load<u32>(SYS_FIRST_LEVEL) | (1 << level));
  store<u32>(block, load<u32>(block) | FREE);
}

function unlink(block: usize): void {
  const cls = classOf(sizeOf(block));
  const next = <usize>load<u32>(block + HEADER);
  const previous = <usize>load<u32>(block + HEADER + 4);
  if (next) store<u32>(next + HEADER + 4, <u32>previous);
  if (previous) {
    store<u32>(previous + HEADER, <u32>next);
  } else {
    store<u32>(<usize>SYS_FREE_LISTS + (<usize>cls << 2), <u32>next);
    if (!next) {
      const second = <usize>SYS_SECOND_LEVEL + (<usize>(cls >> 4) << 2);
      const left = load<u32>(second) & ~(1 << (cls & 15));
      store<u32>(second, left);
      if (!left) store<u32>(SYS_FIRST_LEVEL, load<u32>(SYS_FIRST_LEVEL) & ~(1 << (cls >> 4)));
    }
  }
  store<u32>(block, load<u32>(block) & ~FREE);
}

// A free block whose class guarantees that it is large enough, or 0.
function find(size: usize): usize {
  // Round up to the next class, so that its first block surely fits.
  const rounded = size < 256 ? size : size + (<usize>1 << (31 - clz<u32>(<u32>size) - 4)) - 1;
  if (rounded < size) return 0;
  const cls = classOf(rounded);
  let level = cls >> 4;
  let bits = load<u32>(<usize>SYS_SECOND_LEVEL + (<usize>level << 2)) & (~(<u32>0) << (cls & 15));
  if (!bits) {
    const levels = level == 31 ? 0 : load<u32>(SYS_FIRST_LEVEL) & (~(<u32>0) << (level + 1));
    if (!levels) return 0;
    level = ctz<u32>(levels);
    bits = load<u32>(<usize>SYS_SECOND_LEVEL + (<usize>level << 2));
  }
  return <usize>load<u32>(<usize>SYS_FREE_LISTS + (<usize>((level << 4) | ctz<u32>(bits)) << 2));
}

// Adds memory at the end of the heap as one free block that ends in a new sentinel.
function grow(size: usize): bool {
  const need = <u64>size + (size >> 3) + 65536;
  const least = <i32>((need + 65535) >> 16);
  const wanted = max<i32>(least, min<i32>(memory.size() >> 2, 1024));
  let before = memory.grow(max<i32>(wanted, <i32>GROW_PAGES));
  if (before < 0) before = memory.grow(least);
  if (before < 0) return false;
  const start = <usize>before << 16;
  const end = <u64>(<u32>memory.size()) << 16;
  addRegion(start, end > 0xffffffff ? <usize>0xfffffff0 : <usize>end);
  return true;
}

function addRegion(start: usize, end: usize): void {
  const old = <usize>load<u32>(SYS_HEAP_SENTINEL);
  let block = old;
  // The host may have grown the memory for itself; what lies between is not ours.
  if (!old || old + HEADER != start) {
    block = roundUp(start + HEADER, 16) - HEADER;
    store<u32>(block + 4, 0);
    if (!old) store<u32>(SYS_HEAP_START, <u32>block);
  }
  const sentinel = end - HEADER;
  store<u32>(block, <u32>(sentinel - block - HEADER));
  store<u32>(sentinel, 0);
  store<u32>(sentinel + 4, <u32>block);
  store<u32>(SYS_HEAP_SENTINEL, <u32>sentinel);
  store<u32>(SYS_USED, load<u32>(SYS_USED) + load<u32>(block) + <u32>HEADER);
  joinAndLink(block);
}

function joinAndLink(block: usize): void {
  store<u32>(SYS_USED, load<u32>(SYS_USED) - load<u32>(block) - <u32>HEADER);
  let size = sizeOf(block);
  const next = nextOf(block);
  if (isFree(next)) {
    unlink(next);
    size += HEADER + sizeOf(next);
  }
  const previous = <usize>load<u32>(block + 4);
  if (previous && isFree(previous)) {
    unlink(previous);
    size += HEADER + sizeOf(previous);
    block = previous;
  }
  store<u32>(block, <u32>size);
  store<u32>(nextOf(block) + 4, <u32>block);
  link(block);
}

/** Called once, by the first instance: `start`…`end` is the heap's first region. */
export function heap_init(start: usize, end: usize): void {
  addRegion(start, end);
}

/** Address of `size` bytes, 16-byte aligned, or 0 when the memory may grow no further. */
export function alloc(size: usize): usize {
  if (size > MAX_PAYLOAD) return 0;
  const payload = max(roundUp(size + HEADER, 16) - HEADER, MIN_PAYLOAD);
  acquire(SYS_ALLOC_LOCK);
  let block = find(payload);
  if (!block && grow(payload)) block = find(payload);
  if (!block) {
    release(SYS_ALLOC_LOCK);
    return 0;
  }
  unlink(block);
  const rest = sizeOf(block) - payload;
  if (rest >= HEADER + MIN_PAYLOAD) {
    store<u32>(block, <u32>payload);
    const tail = nextOf(block);
    store<u32>(tail, <u32>(rest - HEADER));
    store<u32>(tail + 4, <u32>block);
    store<u32>(nextOf(tail) + 4, <u32>tail);
    link(tail);
  }
  store<u32>(SYS_USED, load<u32>(SYS_USED) + <u32>(sizeOf(block) + HEADER));
  release(SYS_ALLOC_LOCK);
  return block + HEADER;
}

export function alloc_zeroed(size: usize): usize {
  const address = alloc(size);
  if (address) memory.fill(address, 0, size);
  return address;
}

/** Gives back what `alloc` gave. 0 is ignored. */
export function free(address: usize): void {
  if (!address) return;
  acquire(SYS_ALLOC_LOCK);
  joinAndLink(address - HEADER);
  release(SYS_ALLOC_LOCK);
}
