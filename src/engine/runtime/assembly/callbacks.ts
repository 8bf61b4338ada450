// Helpers that call a function of the program back: its address is a slot of the function table, and it takes r1 to r5.
import {
  BUCKET_HEAD, BUCKET_SIZE, CPU_ID, EINVAL, ELEM_HASH, ELEM_NEXT, ELEM_STATE, ELEM_USED, EOPNOTSUPP, MAP_ARRAY,
  MAP_BUCKETS, MAP_BUCKET_MASK, MAP_CPU_STRIDE, MAP_MAX_ENTRIES, MAP_PERCPU_ARRAY, MAP_STRIDE, MAP_TYPE, MAP_VALUES,
} from '../layout';
import { cpuArea } from './cpu';
import { isHash } from './dispatch';
import { keyOf, valueOf } from './hash';
import { stackPointer } from './stack';

/** Linux: BPF_MAX_LOOPS. */
const MAX_LOOPS: u32 = 8 * 1024 * 1024;

@inline
export function callBack(slot: u32, r1: u64, r2: u64, r3: u64, r4: u64): u64 {
  return call_indirect<u64>(slot, r1, r2, r3, r4, <u64>0);
}

/** -E2BIG in 32 bits: Linux writes the loop into the program, with a 32-bit move for the error. */
const TOO_MANY: i64 = 0xfffffff9;

/** Calls back with 0, 1, … until it answers other than 0; how often it was called. */
export function loop(times: u32, slot: u32, ctx: u64, flags: u64): i64 {
  if (flags) return -EINVAL;
  if (times > MAX_LOOPS) return TOO_MANY;
  for (let i: u32 = 0; i < times; i++) {
    if (callBack(slot, <u64>i, ctx, 0, 0)) return <i64>i + 1;
  }
  return <i64>times;
}

/** Calls back with the map, each key and its value until it answers other than 0; how often it was called. */
export function for_each_map_elem(map: usize, slot: u32, ctx: u64, flags: u64): i64 {
  if (flags) return -EINVAL;
  const type = load<u32>(map, MAP_TYPE);
  if (isHash(type)) return forEachInHash(map, slot, ctx);
  return type == MAP_ARRAY || type == MAP_PERCPU_ARRAY ? forEachInArray(map, slot, ctx) : -EOPNOTSUPP;
}

function forEachInArray(map: usize, slot: u32, ctx: u64): i64 {
  const entries = load<u32>(map, MAP_MAX_ENTRIES);
  const stride = <usize>load<u32>(map, MAP_STRIDE);
  let value = <usize>load<u32>(map, MAP_VALUES) + <usize>load<u32>(cpuArea, CPU_ID) * <usize>load<u32>(map, MAP_CPU_STRIDE);
  const key = stackPointer - 16;
  stackPointer = key;
  let called: i64 = 0;
  for (let i: u32 = 0; i < entries; i++, value += stride) {
    store<u32>(key, i);
    called++;
    if (callBack(slot, <u64>map, <u64>key, <u64>value, ctx)) break;
  }
  stackPointer = key + 16;
  return called;
}

// The function may delete or update entries. An element that left its chain meanwhile ends the walk of that chain: what
// it leads to is another's.
function forEachInHash(map: usize, slot: u32, ctx: u64): i64 {
  const table = <usize>load<u32>(map, MAP_BUCKETS);
  const mask = load<u32>(map, MAP_BUCKET_MASK);
  const own = <usize>load<u32>(cpuArea, CPU_ID) * <usize>load<u32>(map, MAP_CPU_STRIDE);
  let called: i64 = 0;
  for (let bucket: u32 = 0; bucket <= mask; bucket++) {
    let element = <usize>load<u32>(table + <usize>bucket * BUCKET_SIZE, BUCKET_HEAD);
    while (!(element & 1) && isIn(element, bucket, mask)) {
      const next = <usize>load<u32>(element, ELEM_NEXT);
      called++;
      if (callBack(slot, <u64>map, <u64>keyOf(element), <u64>(valueOf(map, element) + own), ctx)) return called;
      element = next;
    }
  }
  return called;
}

@inline
function isIn(element: usize, bucket: u32, mask: u32): bool {
  return (load<u32>(element, ELEM_STATE) & ELEM_USED) != 0 && (load<u32>(element, ELEM_HASH) & mask) == bucket;
}
