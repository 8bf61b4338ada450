import { MAP_CPU_STRIDE, MAP_STRIDE, MAP_VALUES } from '../runtime/layout.js';
import type { AccessContext, MapAccess } from './access.js';

/** Maps whose values lie in them: hashes and arrays. */
export function valueAccess({ type, memory }: AccessContext): MapAccess {
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
