import { MAP_FLAG } from './flags.js';
import type { MapRefusal, MapShape, MapType } from './map-type.js';

/** A map that is, or is to be, inside a map of maps. */
export interface InnerShape extends MapShape {
  readonly type: MapType;
}

/** Why a map cannot be the model of the maps inside another. Linux: bpf_map_meta_alloc. */
export function checkInner({ type }: InnerShape): MapRefusal | undefined {
  if (type.lookup === 'inner_map')
    return { errno: 'EINVAL', reason: 'a map of maps cannot be inside a map of maps' };
  return type.asInner === 'never'
    ? { errno: 'ENOTSUPP', reason: `maps of type ${type.name} cannot be inside a map of maps` }
    : undefined;
}

/** In what a map differs from the model of the maps that may take its place; undefined when it may. Linux: bpf_map_meta_equal. */
export function innerDifference(model: InnerShape, map: InnerShape): string | undefined {
  if (map.type !== model.type) return `type ${map.type.name} instead of ${model.type.name}`;
  if (map.keySize !== model.keySize) return `keys of ${map.keySize} bytes instead of ${model.keySize}`;
  if (map.valueSize !== model.valueSize)
    return `values of ${map.valueSize} bytes instead of ${model.valueSize}`;
  if (map.flags !== model.flags) return `flags ${map.flags} instead of ${model.flags}`;
  const entriesMatter = model.type.asInner === 'same_entries' && (model.flags & MAP_FLAG.innerMap) === 0;
  return entriesMatter && map.maxEntries !== model.maxEntries
    ? `${map.maxEntries} entries instead of ${model.maxEntries}`
    : undefined;
}
