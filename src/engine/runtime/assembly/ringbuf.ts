// Ring buffers that all CPUs write and user space reads. A record is u32 length with BUSY and DISCARD bits, u32 way
// back to the map, the bytes, rounded up to 8: Linux's layout. Linux maps the data twice in a row, so that a record
// that wraps is in one piece; here such a record is handed out in a block of its own and copied in when it is committed.
import {
  EAGAIN, EINVAL, MAP_BYTES, MAP_HEADER_SIZE, MAP_MAX_ENTRIES, MAP_REFUSALS, MAP_VALUES, RB_BUSY, RB_CONSUMER, RB_DISCARD,
  RB_HEADER, RB_LOCK, RB_MAX_RECORD, RB_PENDING, RB_PRODUCER, RB_WAITERS, RB_WAKEUPS, SYS_THREADED,
} from '../layout';
import { alloc, alloc_zeroed, free } from './alloc';
import { newHeader } from './array';
import { acquire, release, roundUp } from './cpu';

const NO_WAKEUP: u64 = 1;
const FORCE_WAKEUP: u64 = 2;
/** In the second word of a record that is in a block of its own. Before it: the map, and the record's header there. */
const APART: u32 = 1;

export function ringbuf_create(type: u32, capacity: u32, flags: u32): usize {
  const map = newHeader(type, 0, 0, capacity, flags);
  if (!map) return 0;
  const data = alloc_zeroed(<usize>capacity);
  if (!data) {
    free(map);
    return 0;
  }
  store<u32>(map, <u32>data, MAP_VALUES);
  store<u32>(map, capacity + MAP_HEADER_SIZE, MAP_BYTES);
  return map;
}

@inline function dataOf(map: usize): usize { return <usize>load<u32>(map, MAP_VALUES); }
@inline function maskOf(map: usize): u32 { return load<u32>(map, MAP_MAX_ENTRIES) - 1; }
@inline function recordBytes(size: u32): u32 { return (size + RB_HEADER + 7) & ~7; }

// The consumer may be another worker; without one plain accesses are enough and faster.
@inline function shared64(address: usize): u64 {
  return load<u32>(SYS_THREADED) ? atomic.load<u64>(address) : load<u64>(address);
}
@inline function publish32(address: usize, value: u32): void {
  if (load<u32>(SYS_THREADED)) atomic.store<u32>(address, value);
  else store<u32>(address, value);
}
@inline function publish64(address: usize, value: u64): void {
  if (load<u32>(SYS_THREADED)) atomic.store<u64>(address, value);
  else store<u64>(address, value);
}

// Where the oldest record that is not committed yet starts.
@inline
function pending(map: usize, data: usize, mask: u32, producer: u64): u64 {
  let position = load<u64>(map, RB_PENDING);
  while (position < producer) {
    const header = data + <usize>(<u32>position & mask);
    const word = load<u32>(SYS_THREADED) ? atomic.load<u32>(header) : load<u32>(header);
    if (word & RB_BUSY) break;
    position += <u64>recordBytes(word & ~RB_DISCARD);
  }
  store<u64>(map, position, RB_PENDING);
  return position;
}

function lose(map: usize): usize {
  atomic.add<u64>(map + MAP_REFUSALS, 1);
  return 0;
}

/** Address in the ring of the header of a new record, busy; 0 when there is no room. */
function claim(map: usize, size: u64): usize {
  const mask = maskOf(map);
  if (size > <u64>RB_MAX_RECORD) return lose(map);
  const need = <u64>recordBytes(<u32>size);
  if (need > <u64>mask + 1) return lose(map);
  const data = dataOf(map);
  acquire(map + RB_LOCK);
  const consumer = shared64(map + RB_CONSUMER);
  const producer = load<u64>(map, RB_PRODUCER);
  const end = producer + need;
  if (end - consumer > <u64>mask || end - pending(map, data, mask, producer) > <u64>mask) {
    release(map + RB_LOCK);
    return lose(map);
  }
  const header = data + <usize>(<u32>producer & mask);
  store<u32>(header, <u32>size | RB_BUSY);
  store<u32>(header, <u32>(header - map), 4);
  publish64(map + RB_PRODUCER, end);
  release(map + RB_LOCK);
  return header;
}

function wake(map: usize): void {
  atomic.add<u32>(map + RB_WAKEUPS, 1);
  if (load<u32>(map, RB_WAITERS)) atomic.notify(map + RB_WAKEUPS, -1);
}

@inline
function commit(map: usize, header: usize, flags: u64, bits: u32): void {
  publish32(header, (load<u32>(header) & ~RB_BUSY) | bits);
  if (flags & FORCE_WAKEUP) {
    wake(map);
  } else if (!(flags & NO_WAKEUP)) {
    const consumer = <u32>shared64(map + RB_CONSUMER) & maskOf(map);
    if (dataOf(map) + <usize>consumer == header) wake(map);
  }
}

// Bytes from a record's payload to the end of the data.
@inline
function untilEnd(map: usize, header: usize): u32 {
  return <u32>(dataOf(map) + <usize>load<u32>(map, MAP_MAX_ENTRIES) - header) - RB_HEADER;
}

function copyIn(map: usize, header: usize, from: usize, size: u32): void {
  const first = min<u32>(size, untilEnd(map, header));
  memory.copy(header + RB_HEADER, from, <usize>first);
  if (first < size) memory.copy(dataOf(map), from + <usize>first, <usize>(size - first));
}

// A block for a record that wraps. It starts with what the ring holds there, as in Linux.
function apart(map: usize, header: usize, size: u32): usize {
  const block = alloc(<usize>size + 16);
  if (!block) return 0;
  const first = untilEnd(map, header);
  store<u32>(block, <u32>map);
  store<u32>(block, <u32>header, 4);
  store<u32>(block, size | RB_BUSY, 8);
  store<u32>(block, APART, 12);
  memory.copy(block + 16, header + RB_HEADER, <usize>first);
  memory.copy(block + 16 + <usize>first, dataOf(map), <usize>(size - first));
  return block + 16;
}

/** Address of `size` bytes for the program to fill, or 0. */
export function ringbuf_reserve(map: usize, size: u64, flags: u64): usize {
  if (flags) return 0;
  const header = claim(map, size);
  if (!header) return 0;
  if (<u32>size <= untilEnd(map, header)) return header + RB_HEADER;
  const sample = apart(map, header, <u32>size);
  // Without memory the place in the ring is taken already; the reader passes over it.
  if (!sample) {
    commit(map, header, NO_WAKEUP, RB_DISCARD);
    lose(map);
  }
  return sample;
}

function finish(sample: usize, flags: u64, bits: u32): void {
  const header = sample - RB_HEADER;
  const back = load<u32>(header, 4);
  if (!(back & APART)) {
    commit(header - <usize>back, header, flags, bits);
    return;
  }
  const map = <usize>load<u32>(sample - 16);
  const inRing = <usize>load<u32>(sample - 12);
  copyIn(map, inRing, sample, load<u32>(inRing) & ~RB_BUSY);
  commit(map, inRing, flags, bits);
  free(sample - 16);
}

export function ringbuf_submit(sample: usize, flags: u64): void { finish(sample, flags, 0); }
export function ringbuf_discard(sample: usize, flags: u64): void { finish(sample, flags, RB_DISCARD); }

export function ringbuf_output(map: usize, data: usize, size: u64, flags: u64): i32 {
  if (flags & ~(NO_WAKEUP | FORCE_WAKEUP)) return -EINVAL;
  const header = claim(map, size);
  if (!header) return -EAGAIN;
  copyIn(map, header, data, <u32>size);
  commit(map, header, flags, 0);
  return 0;
}

/** 0 bytes not read yet, 1 size, 2 bytes ever read, 3 bytes ever written. */
export function ringbuf_query(map: usize, what: u64): u64 {
  switch (<u32>min<u64>(what, 4)) {
    case 0: return shared64(map + RB_PRODUCER) - shared64(map + RB_CONSUMER);
    case 1: return <u64>load<u32>(map, MAP_MAX_ENTRIES);
    case 2: return shared64(map + RB_CONSUMER);
    case 3: return shared64(map + RB_PRODUCER);
    default: return 0;
  }
}
