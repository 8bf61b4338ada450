import { type AccessContext, type MapAccess, noCopy } from './access.js';

/** Queues and stacks: an update pushes, a lookup peeks; nothing is deleted but by popping. */
export function queueAccess({ memory }: AccessContext): MapAccess {
  const { runtime } = memory;
  const valueAt = (value: number, size: number, result: number): Uint8Array | undefined =>
    result < 0 ? undefined : memory.read(value, size);
  return {
    walk: 'values',
    lookup: (map, buffer, size) => valueAt(buffer, size, runtime.map_peek_value(map, buffer)),
    take: (map, buffer, size) => valueAt(buffer, size, runtime.map_pop(map, buffer)),
    update: (map, _key, value, flags) => runtime.map_push(map, value, flags),
    delete: (map, key) => runtime.map_delete(map, key),
    copyIndexed: noCopy,
  };
}
