import { KernelError } from '../errors/errno.js';
import { checkInner } from '../maps/inner.js';
import type { MapFacts, MapRefusal, MapType } from '../maps/map-type.js';
import { mapType } from '../maps/registry.js';
import { valueTypes } from '../maps/value-types.js';
import type { MapSpec } from '../object/spec.js';
import type { InnerMaps } from './map-access/index.js';

/** For maps that stand alone. */
export const NO_INNER_MAPS: InnerMaps = { find: () => undefined, use: () => {}, release: () => {} };

/** @throws {KernelError} Linux's errno and reason when such a map cannot be made; EOPNOTSUPP for a type still missing. */
export function requirePossible(spec: MapSpec): void {
  const type = mapType(spec.type);
  const refusal = type.checkCreate(spec) ?? refuseInner(type, spec.inner);
  if (refusal === undefined) return;
  const { keySize, valueSize, maxEntries, flags } = spec;
  throw new KernelError(refusal.errno, `Map ${spec.name || spec.type} cannot be made: ${refusal.reason}.`, {
    facts: { type: spec.type, keySize, valueSize, maxEntries, flags },
  });
}

function refuseInner(type: MapType, inner: MapSpec | undefined): MapRefusal | undefined {
  if (type.lookup !== 'inner_map') return undefined;
  if (inner === undefined)
    return { errno: 'EINVAL', reason: 'a map of maps needs an inner map to say what all in it are like' };
  const shape = { ...inner, type: mapType(inner.type) };
  return checkInner(shape) ?? shape.type.checkCreate(shape);
}

/** What the verifier knows of the maps inside a map of maps: all of one shape, and, as in Linux, without a name. */
export function factsOf(spec: MapSpec): MapFacts {
  const { type, keySize, valueSize, maxEntries, flags } = spec;
  return {
    name: '',
    type: mapType(type),
    keySize,
    valueSize,
    maxEntries,
    flags,
    frozen: false,
    ...typesOf(spec),
  };
}

/** The types of the map's values, where it has any. */
export function typesOf(spec: MapSpec): Pick<MapFacts, 'types'> {
  const types = valueTypes(spec);
  return types === undefined ? {} : { types };
}
