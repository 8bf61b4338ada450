import { MAP_BYTES, MAP_HEADER_SIZE, MAP_VALUES } from '../runtime/layout.js';
import { type AccessContext, type MapAccess, noCopy } from './access.js';

/** Bloom filters: an update adds a value, a lookup asks for one. What is in them cannot be listed. */
export function bloomAccess({ memory }: AccessContext): MapAccess {
  const { runtime } = memory;
  const bits = (map: number): [number, number] => [
    memory.u32(map + MAP_VALUES),
    memory.u32(map + MAP_BYTES) - MAP_HEADER_SIZE,
  ];
  return {
    walk: 'none',
    lookup: (map, asked, size) =>
      runtime.map_peek_value(map, asked) < 0 ? undefined : memory.read(asked, size),
    take: (_map, _asked, _size, fail) => fail('ENOTSUPP', 'values cannot be taken out of a bloom filter'),
    update: (map, _key, value, flags) => runtime.map_push(map, value, flags),
    delete: (map, key) => runtime.map_delete(map, key),
    copyIndexed: noCopy,
    save: (map) => memory.read(...bits(map)),
    load(map, saved) {
      const [at, size] = bits(map);
      memory.write(at, saved.subarray(0, size));
    },
  };
}
