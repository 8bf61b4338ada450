import { KernelError } from '../errors/errno.js';
import type { MapSpec } from '../object/spec.js';
import type { MapInfo } from './kernel.js';

/** One property in which a live map is not what was asked for. */
export interface ShapeDifference {
  readonly property: 'type' | 'key_size' | 'value_size' | 'max_entries' | 'map_flags';
  readonly wanted: string | number;
  readonly found: string | number;
}

/** How a live map differs from a blueprint; empty when it can be used in its place. */
export function shapeDifferences(wanted: MapSpec, found: MapInfo): ShapeDifference[] {
  const rows: readonly ShapeDifference[] = [
    { property: 'type', wanted: wanted.type, found: found.type },
    { property: 'key_size', wanted: wanted.keySize, found: found.keySize },
    { property: 'value_size', wanted: wanted.valueSize, found: found.valueSize },
    { property: 'max_entries', wanted: wanted.maxEntries, found: found.maxEntries },
    { property: 'map_flags', wanted: wanted.flags, found: found.flags },
  ];
  return rows.filter((row) => row.wanted !== row.found);
}

/** A value with some of its bytes replaced. @throws {KernelError} ENOENT, EINVAL */
export function patched(
  value: Uint8Array | undefined,
  offset: number,
  bytes: Uint8Array,
  mapId: number,
): Uint8Array {
  if (value === undefined)
    throw new KernelError('ENOENT', `map ${mapId} has no such key`, { facts: { id: mapId } });
  if (offset < 0 || offset + bytes.length > value.length)
    throw new KernelError(
      'EINVAL',
      `bytes ${offset} to ${offset + bytes.length} are outside the ${value.length} bytes of a value of map ${mapId}`,
      { facts: { id: mapId, offset, length: bytes.length, size: value.length } },
    );
  const next = value.slice();
  next.set(bytes, offset);
  return next;
}

/** @throws {KernelError} EINVAL naming each difference, when a live map cannot stand for the blueprint. */
export function requireSameShape(wanted: MapSpec, found: MapInfo, where: string): void {
  const differences = shapeDifferences(wanted, found);
  if (differences.length === 0) return;
  const list = differences.map((row) => `${row.property} ${row.found} instead of ${row.wanted}`).join(', ');
  throw new KernelError('EINVAL', `the map ${where} (id ${found.id}) has ${list}`, {
    facts: { id: found.id, differences },
    hint: 'use another path or name, or remove the old map if nothing needs it',
  });
}
