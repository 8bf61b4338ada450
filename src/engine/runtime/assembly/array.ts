import {
  E2BIG, EEXIST, EINVAL, ENOENT, MAP_BYTES, MAP_CPU_STRIDE, MAP_FLAGS, MAP_HEADER_SIZE, MAP_KEY_SIZE, MAP_MAX_ENTRIES,
  MAP_STRIDE, MAP_TYPE, MAP_VALUES, MAP_VALUE_SIZE, SYS_CPUS, CPU_ID, PROG_STRIDE, PERF_STRIDE,
} from '../layout';
import { alloc, alloc_zeroed, free } from './alloc';
import { cpuArea, roundUp } from './cpu';

export function newHeader(type: u32, keySize: u32, valueSize: u32, maxEntries: u32, flags: u32): usize {
  const map = alloc_zeroed(MAP_HEADER_SIZE);
  if (!map) return 0;
  store<u32>(map, type, MAP_TYPE);
  store<u32>(map, keySize, MAP_KEY_SIZE);
  store<u32>(map, valueSize, MAP_VALUE_SIZE);
  store<u32>(map, maxEntries, MAP_MAX_ENTRIES);
  store<u32>(map, flags, MAP_FLAGS);
  return map;
}

function create(type: u32, valueSize: u32, maxEntries: u32, flags: u32, stride: u64, cpus: u64): usize {
  const perCpu = stride * <u64>maxEntries;
  const bytes = perCpu * (cpus ? cpus : 1);
  if (bytes > 0xf0000000) return 0;
  const map = newHeader(type, 4, valueSize, maxEntries, flags);
  if (!map) return 0;
  const values = alloc_zeroed(<usize>bytes);
  if (!values) {
    free(map);
    return 0;
  }
  store<u32>(map, <u32>stride, MAP_STRIDE);
  store<u32>(map, <u32>values, MAP_VALUES);
  store<u32>(map, cpus ? <u32>perCpu : 0, MAP_CPU_STRIDE);
  store<u32>(map, <u32>bytes + MAP_HEADER_SIZE, MAP_BYTES);
  return map;
}

@inline function valueStride(valueSize: u32): u64 { return (<u64>valueSize + 7) & ~7; }

export function array_create(type: u32, valueSize: u32, maxEntries: u32, flags: u32): usize {
  return create(type, valueSize, maxEntries, flags, valueStride(valueSize), 0);
}

export function percpu_array_create(type: u32, valueSize: u32, maxEntries: u32, flags: u32): usize {
  return create(type, valueSize, maxEntries, flags, valueStride(valueSize), <u64>load<u32>(SYS_CPUS));
}

/** Program arrays and perf event arrays: their elements are the engine's own. */
export function slot_array_create(type: u32, maxEntries: u32, flags: u32): usize {
  return create(type, 4, maxEntries, flags, PROG_STRIDE, 0);
}

export function array_destroy(map: usize): void {
  free(<usize>load<u32>(map, MAP_VALUES));
  free(map);
}

export function array_lookup(map: usize, key: usize): usize {
  const index = load<u32>(key);
  if (index >= load<u32>(map, MAP_MAX_ENTRIES)) return 0;
  return <usize>load<u32>(map, MAP_VALUES) + <usize>index * <usize>load<u32>(map, MAP_STRIDE);
}

export function percpu_array_lookup(map: usize, key: usize): usize {
  const value = array_lookup(map, key);
  return value ? value + <usize>load<u32>(cpuArea, CPU_ID) * <usize>load<u32>(map, MAP_CPU_STRIDE) : 0;
}

@inline
function checkUpdate(map: usize, key: usize, flags: u64): i32 {
  if (flags > 2) return -EINVAL;
  if (load<u32>(key) >= load<u32>(map, MAP_MAX_ENTRIES)) return -E2BIG;
  return flags == 1 ? -EEXIST : 0;
}

export function array_update(map: usize, key: usize, value: usize, flags: u64): i32 {
  const error = checkUpdate(map, key, flags);
  if (error) return error;
  memory.copy(array_lookup(map, key), value, <usize>load<u32>(map, MAP_VALUE_SIZE));
  return 0;
}

export function percpu_array_update(map: usize, key: usize, value: usize, flags: u64): i32 {
  const error = checkUpdate(map, key, flags);
  if (error) return error;
  memory.copy(percpu_array_lookup(map, key), value, <usize>load<u32>(map, MAP_VALUE_SIZE));
  return 0;
}

/** Every CPU's value at once, `values` holding one for each CPU, each rounded up to 8 bytes. */
export function percpu_array_update_all(map: usize, key: usize, values: usize, flags: u64): i32 {
  const error = checkUpdate(map, key, flags);
  if (error) return error;
  const stride = <usize>load<u32>(map, MAP_STRIDE);
  const cpus = <usize>load<u32>(SYS_CPUS);
  const first = array_lookup(map, key);
  for (let cpu: usize = 0; cpu < cpus; cpu++) {
    memory.copy(first + cpu * <usize>load<u32>(map, MAP_CPU_STRIDE), values + cpu * stride, stride);
  }
  return 0;
}

export function array_next_key(map: usize, key: usize, next: usize): i32 {
  const entries = load<u32>(map, MAP_MAX_ENTRIES);
  const index: u32 = key ? load<u32>(key) : 0xffffffff;
  if (index >= entries) {
    store<u32>(next, 0);
    return 0;
  }
  if (index == entries - 1) return -ENOENT;
  store<u32>(next, index + 1);
  return 0;
}
