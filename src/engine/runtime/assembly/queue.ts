// Queues and stacks: a ring of values; `QUEUE_FIRST` is the oldest.
import {
  E2BIG, EINVAL, ENOENT, MAP_BYTES, MAP_COUNT, MAP_HEADER_SIZE, MAP_MAX_ENTRIES, MAP_REFUSALS, MAP_STACK, MAP_TYPE,
  MAP_VALUES, MAP_VALUE_SIZE, QUEUE_FIRST, QUEUE_LOCK,
} from '../layout';
import { alloc, free } from './alloc';
import { newHeader } from './array';
import { acquire, release } from './cpu';

export function queue_create(type: u32, valueSize: u32, maxEntries: u32, flags: u32): usize {
  const bytes = <u64>valueSize * maxEntries;
  if (bytes > 0xf0000000) return 0;
  const map = newHeader(type, 0, valueSize, maxEntries, flags);
  if (!map) return 0;
  const values = alloc(<usize>bytes);
  if (!values) {
    free(map);
    return 0;
  }
  store<u32>(map, <u32>values, MAP_VALUES);
  store<u32>(map, <u32>bytes + MAP_HEADER_SIZE, MAP_BYTES);
  return map;
}

// The value that lies `index` after the oldest.
function valueAt(map: usize, index: u32): usize {
  const slot = (<u64>load<u32>(map, QUEUE_FIRST) + index) % load<u32>(map, MAP_MAX_ENTRIES);
  return <usize>load<u32>(map, MAP_VALUES) + <usize>slot * <usize>load<u32>(map, MAP_VALUE_SIZE);
}

function dropFirst(map: usize): void {
  store<u32>(map, <u32>((<u64>load<u32>(map, QUEUE_FIRST) + 1) % load<u32>(map, MAP_MAX_ENTRIES)), QUEUE_FIRST);
  store<u32>(map, load<u32>(map, MAP_COUNT) - 1, MAP_COUNT);
}

/** Flags: 0, or BPF_EXIST to throw the oldest value out of a full map. */
export function queue_push(map: usize, value: usize, flags: u64): i32 {
  if (flags & ~2) return -EINVAL;
  acquire(map + QUEUE_LOCK);
  let result = 0;
  if (load<u32>(map, MAP_COUNT) == load<u32>(map, MAP_MAX_ENTRIES)) {
    if (flags) {
      dropFirst(map);
    } else {
      store<u64>(map, load<u64>(map, MAP_REFUSALS) + 1, MAP_REFUSALS);
      result = -E2BIG;
    }
  }
  if (!result) {
    memory.copy(valueAt(map, load<u32>(map, MAP_COUNT)), value, <usize>load<u32>(map, MAP_VALUE_SIZE));
    store<u32>(map, load<u32>(map, MAP_COUNT) + 1, MAP_COUNT);
  }
  release(map + QUEUE_LOCK);
  return result;
}

@inline
function copyOut(map: usize, value: usize, remove: bool): i32 {
  const size = <usize>load<u32>(map, MAP_VALUE_SIZE);
  acquire(map + QUEUE_LOCK);
  const count = load<u32>(map, MAP_COUNT);
  if (!count) {
    memory.fill(value, 0, size);
    release(map + QUEUE_LOCK);
    return -ENOENT;
  }
  const isStack = load<u32>(map, MAP_TYPE) == MAP_STACK;
  memory.copy(value, valueAt(map, isStack ? count - 1 : 0), size);
  if (remove) {
    if (isStack) store<u32>(map, count - 1, MAP_COUNT);
    else dropFirst(map);
  }
  release(map + QUEUE_LOCK);
  return 0;
}

export function queue_pop(map: usize, value: usize): i32 { return copyOut(map, value, true); }
export function queue_peek(map: usize, value: usize): i32 { return copyOut(map, value, false); }

/** Copies the value that lies `index` after the oldest; false at the end. */
export function queue_at(map: usize, index: u32, value: usize): bool {
  if (index >= load<u32>(map, MAP_COUNT)) return false;
  memory.copy(value, valueAt(map, index), <usize>load<u32>(map, MAP_VALUE_SIZE));
  return true;
}
