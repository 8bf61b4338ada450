import { ACCESS_FLAGS, MAP_FLAG } from './flags.js';
import type { MapRefusal, MapShape } from './map-type.js';

/** Room for one value in a CPU's part of the per-CPU allocator: PCPU_MIN_UNIT_SIZE. */
export const PERCPU_VALUE_LIMIT = 32768;
/** KMALLOC_MAX_SIZE with 4 KiB pages. */
export const KMALLOC_LIMIT = 4194304;
/** sizeof(struct htab_elem). */
const HASH_ELEMENT_SIZE = 48;
const INT_MAX = 0x7fffffff;

type Errno = MapRefusal['errno'];

function refuse(errno: Errno, reason: string): MapRefusal {
  return { errno, reason };
}

/** Flags that the type knows, and at most one of the two directions for programs; bits of map_extra that it knows. */
export function checkFlags(shape: MapShape, allowed: number, allowedExtra = 0n): MapRefusal | undefined {
  const extra = (shape.mapExtra ?? 0n) & ~allowedExtra;
  if (extra !== 0n) return refuse('EINVAL', `map_extra 0x${extra.toString(16)} has no meaning for this type`);
  const unknown = (shape.flags & ~allowed) >>> 0;
  if (unknown !== 0)
    return refuse('EINVAL', `flags 0x${unknown.toString(16)} are not accepted for this type`);
  const both = MAP_FLAG.readOnlyProg | MAP_FLAG.writeOnlyProg;
  if ((shape.flags & both) === both) {
    return refuse('EINVAL', 'a map cannot be both read-only and write-only for programs');
  }
  const bothUser = MAP_FLAG.readOnly | MAP_FLAG.writeOnly;
  if ((shape.flags & bothUser) === bothUser) {
    return refuse('EINVAL', 'a map cannot be both read-only and write-only for user space');
  }
  return undefined;
}

/** Linux: array_map_alloc_check. */
export function checkArray(shape: MapShape, allowed: number, perCpu: boolean): MapRefusal | undefined {
  if (shape.maxEntries === 0) return refuse('EINVAL', 'an array needs at least one entry');
  if (shape.keySize !== 4) return refuse('EINVAL', `keys of an array have 4 bytes, not ${shape.keySize}`);
  if (shape.valueSize === 0) return refuse('EINVAL', 'values need at least one byte');
  const flags = checkFlags(shape, allowed);
  if (flags !== undefined) return flags;
  if (shape.valueSize > INT_MAX) return refuse('E2BIG', 'values have at most 2 GiB');
  return perCpu ? checkPerCpuValue(shape) : undefined;
}

/** Linux: fd_array_map_alloc_check. */
export function checkSlotArray(shape: MapShape, allowed: number): MapRefusal | undefined {
  return shape.valueSize === 4
    ? checkArray(shape, allowed, false)
    : refuse('EINVAL', `values of this type have 4 bytes, not ${shape.valueSize}`);
}

/** Linux: htab_map_alloc_check. */
export function checkHash(shape: MapShape, allowed: number, perCpu: boolean): MapRefusal | undefined {
  const flags = checkFlags(shape, allowed);
  if (flags !== undefined) return flags;
  if (shape.maxEntries === 0) return refuse('EINVAL', 'a hash needs room for at least one entry');
  if (shape.keySize === 0) return refuse('EINVAL', 'keys need at least one byte');
  if (shape.valueSize === 0) return refuse('EINVAL', 'values need at least one byte');
  if (shape.keySize + shape.valueSize >= KMALLOC_LIMIT - HASH_ELEMENT_SIZE) {
    return refuse('E2BIG', 'key and value together have less than 4 MiB');
  }
  if (perCpu) {
    const value = checkPerCpuValue(shape);
    if (value !== undefined) return value;
  }
  return shape.maxEntries > 0x80000000
    ? refuse('E2BIG', `${shape.maxEntries} entries are more than 2147483648`)
    : undefined;
}

/** Linux: queue_stack_map_alloc_check. */
export function checkQueue(shape: MapShape): MapRefusal | undefined {
  if (shape.maxEntries === 0) return refuse('EINVAL', 'room for at least one value is needed');
  if (shape.keySize !== 0)
    return refuse('EINVAL', `there are no keys: their size is 0, not ${shape.keySize}`);
  if (shape.valueSize === 0) return refuse('EINVAL', 'values need at least one byte');
  const flags = checkFlags(shape, QUEUE_FLAGS);
  if (flags !== undefined) return flags;
  return shape.valueSize > KMALLOC_LIMIT ? refuse('E2BIG', 'values have at most 4 MiB') : undefined;
}

function checkPerCpuValue(shape: MapShape): MapRefusal | undefined {
  return Math.ceil(shape.valueSize / 8) * 8 > PERCPU_VALUE_LIMIT
    ? refuse(
        'E2BIG',
        `values of a per-CPU map have at most ${PERCPU_VALUE_LIMIT} bytes, not ${shape.valueSize}`,
      )
    : undefined;
}

export const ARRAY_FLAGS = MAP_FLAG.numaNode | MAP_FLAG.mmapable | MAP_FLAG.innerMap | ACCESS_FLAGS;
export const HASH_FLAGS = MAP_FLAG.noPrealloc | MAP_FLAG.numaNode | MAP_FLAG.zeroSeed | ACCESS_FLAGS;
export const QUEUE_FLAGS = MAP_FLAG.numaNode | ACCESS_FLAGS;
