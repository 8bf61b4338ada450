// Perf ring buffers: one writer (the ring's CPU), one reader (user space). A record is u32 length, u32 unused, the
// bytes, rounded up to 8.
import {
  CPU_ID, E2BIG, EFAULT, EINVAL, ENOENT, ENOSPC, EOPNOTSUPP, MAP_MAX_ENTRIES, MAP_VALUES, PERF_STRIDE, RING_CAPACITY,
  RING_CPU, RING_DATA, RING_HEAD, RING_LOST, RING_TAIL, RING_WRITTEN, SKB_DATA, SKB_DATA_END, XDP_DATA, XDP_DATA_END,
} from '../layout';
import { alloc_zeroed } from './alloc';
import { cpuArea } from './cpu';

const INDEX_MASK: u64 = 0xffffffff;
const CTX_SHIFT: u64 = 32;
const CTX_MASK: u64 = 0xfffff;

/** A ring of `capacity` bytes, a power of two, for one CPU; 0 without memory. */
export function perf_ring_create(cpu: u32, capacity: u32): usize {
  const ring = alloc_zeroed(<usize>(RING_DATA + capacity));
  if (!ring) return 0;
  store<u32>(ring, capacity, RING_CAPACITY);
  store<u32>(ring, cpu, RING_CPU);
  return ring;
}

function copyIn(ring: usize, position: u32, from: usize, size: u32): void {
  const capacity = load<u32>(ring, RING_CAPACITY);
  const offset = position & (capacity - 1);
  const first = min<u32>(size, capacity - offset);
  memory.copy(ring + RING_DATA + <usize>offset, from, <usize>first);
  memory.copy(ring + RING_DATA, from + <usize>first, <usize>(size - first));
}

function write(map: usize, flags: u64, data: usize, size: u32, packet: usize, packetSize: u32): i32 {
  let index = <u32>(flags & INDEX_MASK);
  const cpu = load<u32>(cpuArea, CPU_ID);
  if (index == 0xffffffff) index = cpu;
  if (index >= load<u32>(map, MAP_MAX_ENTRIES)) return -E2BIG;
  const ring = <usize>load<u32>(<usize>load<u32>(map, MAP_VALUES) + <usize>index * PERF_STRIDE);
  if (!ring) return -ENOENT;
  if (load<u32>(ring, RING_CPU) != cpu) return -EOPNOTSUPP;
  const length = <u64>size + <u64>packetSize;
  const need = (length + 15) & ~7;
  const head = load<u32>(ring, RING_HEAD);
  const used = head - atomic.load<u32>(ring + RING_TAIL);
  if (need > <u64>(load<u32>(ring, RING_CAPACITY) - used)) {
    store<u64>(ring, load<u64>(ring, RING_LOST) + 1, RING_LOST);
    return -ENOSPC;
  }
  const capacity = load<u32>(ring, RING_CAPACITY);
  store<u64>(ring + RING_DATA + <usize>(head & (capacity - 1)), length);
  copyIn(ring, head + 8, data, size);
  copyIn(ring, head + 8 + size, packet, packetSize);
  store<u64>(ring, load<u64>(ring, RING_WRITTEN) + 1, RING_WRITTEN);
  atomic.store<u32>(ring + RING_HEAD, head + <u32>need);
  return 0;
}

/** For tracing programs. */
export function perf_event_output(ctx: usize, map: usize, flags: u64, data: usize, size: u32): i32 {
  return flags & ~INDEX_MASK ? -EINVAL : write(map, flags, data, size, 0, 0);
}

@inline
function withPacket(start: u32, end: u32, map: usize, flags: u64, data: usize, size: u32): i32 {
  if (flags & ~(INDEX_MASK | (CTX_MASK << CTX_SHIFT))) return -EINVAL;
  const packetSize = <u32>((flags >> CTX_SHIFT) & CTX_MASK);
  if (packetSize > end - start) return -EFAULT;
  return write(map, flags, data, size, <usize>start, packetSize);
}

/** As `perf_event_output`; the first `flags >> 32` bytes of the packet follow the data. */
export function xdp_event_output(ctx: usize, map: usize, flags: u64, data: usize, size: u32): i32 {
  return withPacket(load<u32>(ctx, XDP_DATA), load<u32>(ctx, XDP_DATA_END), map, flags, data, size);
}

/** As `xdp_event_output`, for socket buffers. */
export function skb_event_output(ctx: usize, map: usize, flags: u64, data: usize, size: u32): i32 {
  return withPacket(load<u32>(ctx, SKB_DATA), load<u32>(ctx, SKB_DATA_END), map, flags, data, size);
}
