import type { ErrnoName } from '../errors/errno.js';
import { ERRNO } from '../errors/errno.js';
import type { MapShape, MapType } from '../maps/map-type.js';
import type { EngineMemory } from './memory.js';
import {
  MAP_CPU_STRIDE,
  MAP_MAX_ENTRIES,
  MAP_STRIDE,
  MAP_VALUES,
  PERF_STRIDE,
  PROG_ID,
  PROG_SLOT,
  PROG_STRIDE,
} from './runtime/layout.js';

/** How user space reaches the entries of one kind of map. Keys and values are addresses; results negated errno. */
export interface MapAccess {
  lookup(map: number, key: number, size: number, fail: Fail): Uint8Array | undefined;
  update(map: number, key: number, value: number, flags: bigint): number;
  delete(map: number, key: number): number;
  /** Copies entries `from`… to `out`; `next` is -1 at the end. */
  copyIndexed(map: number, shape: MapShape, from: number, out: number, most: number): Copied;
  /** What `entries()` does: copy runs of values, ask for one key after the other, or nothing. */
  readonly walk: 'copy' | 'keys' | 'none';
}
type Fail = (errno: ErrnoName, reason: string) => never;
interface Copied {
  readonly count: number;
  readonly next: number;
}

/** Picks by the type's properties; program and perf event arrays have entries of their own. */
export function accessFor(
  type: MapType,
  memory: EngineMemory,
  programSlot: ((programId: number) => number | undefined) | undefined,
): MapAccess {
  if (type.lookup === 'value') return valueAccess(type, memory);
  return type.helpers.includes('bpf_tail_call')
    ? programAccess(memory, programSlot ?? (() => undefined))
    : ringAccess(memory);
}

function valueAccess(type: MapType, memory: EngineMemory): MapAccess {
  const { runtime } = memory;
  const readValue = (map: number, first: number, size: number): Uint8Array => {
    if (!type.perCpu) return memory.read(first, size);
    const value = new Uint8Array(size);
    const each = size / memory.cpus;
    const stride = memory.u32(map + MAP_CPU_STRIDE);
    for (let cpu = 0; cpu < memory.cpus; cpu++) {
      value.set(memory.read(first + cpu * stride, each), cpu * each);
    }
    return value;
  };
  return {
    walk: 'copy',
    lookup(map, key, size) {
      const first = runtime.map_peek(map, key) >>> 0;
      return first === 0 ? undefined : readValue(map, first, size);
    },
    update: (map, key, value, flags) => runtime.map_store(map, key, value, flags),
    delete: (map, key) => runtime.map_delete(map, key),
    copyIndexed(map, shape, from, out, most) {
      const count = Math.min(most, shape.maxEntries - from);
      const values = memory.u32(map + MAP_VALUES);
      const stride = memory.u32(map + MAP_STRIDE);
      const size = type.perCpu ? stride * memory.cpus : shape.valueSize;
      const view = memory.view;
      for (let i = 0; i < count; i++) {
        const at = out + i * (4 + size);
        view.setUint32(at, from + i, true);
        memory.write(at + 4, readValue(map, values + (from + i) * stride, size));
      }
      return { count, next: from + count < shape.maxEntries ? from + count : -1 };
    },
  };
}

const noCopy = (): Copied => ({ count: 0, next: -1 });

function slotOf(memory: EngineMemory, map: number, key: number, stride: number): number | undefined {
  const view = memory.view;
  const index = view.getUint32(key, true);
  if (index >= view.getUint32(map + MAP_MAX_ENTRIES, true)) return undefined;
  return view.getUint32(map + MAP_VALUES, true) + index * stride;
}

function programAccess(memory: EngineMemory, programSlot: (id: number) => number | undefined): MapAccess {
  const put = (slot: number, tableSlot: number, id: number): void => {
    memory.setU32(slot + PROG_ID, id);
    Atomics.store(new Uint32Array(memory.memory.buffer), (slot + PROG_SLOT) / 4, tableSlot);
  };
  return {
    walk: 'keys',
    lookup(map, key) {
      const slot = slotOf(memory, map, key, PROG_STRIDE);
      if (slot === undefined || memory.u32(slot + PROG_SLOT) === 0) return undefined;
      return memory.read(slot + PROG_ID, 4);
    },
    update(map, key, value, flags) {
      if (flags !== 0n) return -ERRNO.EINVAL;
      const slot = slotOf(memory, map, key, PROG_STRIDE);
      if (slot === undefined) return -ERRNO.E2BIG;
      const id = memory.u32(value);
      const tableSlot = programSlot(id);
      if (tableSlot === undefined) return -ERRNO.EBADF;
      put(slot, tableSlot, id);
      return 0;
    },
    delete(map, key) {
      const slot = slotOf(memory, map, key, PROG_STRIDE);
      if (slot === undefined) return -ERRNO.E2BIG;
      if (memory.u32(slot + PROG_SLOT) === 0) return -ERRNO.ENOENT;
      put(slot, 0, 0);
      return 0;
    },
    copyIndexed: noCopy,
  };
}

function ringAccess(memory: EngineMemory): MapAccess {
  return {
    walk: 'none',
    lookup: (_map, _key, _size, fail) => fail('ENOTSUPP', 'perf events cannot be looked up'),
    // Rings come from a `PerfReader`; there are no event descriptors that a value could name.
    update(map, key, _value, flags) {
      if (flags !== 0n) return -ERRNO.EINVAL;
      return slotOf(memory, map, key, PERF_STRIDE) === undefined ? -ERRNO.E2BIG : -ERRNO.EBADF;
    },
    delete(map, key) {
      const slot = slotOf(memory, map, key, PERF_STRIDE);
      if (slot === undefined) return -ERRNO.E2BIG;
      return -ERRNO.ENOENT;
    },
    copyIndexed: noCopy,
  };
}
