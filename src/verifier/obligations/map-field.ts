import type { MapFacts } from '../../maps/map-type.js';
import type { SpecialField } from '../../maps/special-fields.js';
import type { Session } from '../explore/session.js';
import { mapField } from '../rules/map-field.js';
import { refuse } from '../rules/rule.js';
import { mapOf } from './memory.js';

/** The part of this name in a map's values. */
export function fieldOf(map: MapFacts | undefined, name: string): SpecialField | undefined {
  return map?.types?.special.find((field) => field.name === name);
}

/** The offset in its map's value, or in its object, that a pointer has. @throws {Refusal} when it is not constant. */
export function constantOffset(s: Session, regno: number, field: string): number {
  const reg = s.reg(regno);
  if (!s.memory.isConst(reg)) refuse(mapField, s.at, { problem: 'variable', reg: regno, field });
  return (s.memory.constNumber(reg) ?? 0) + s.memory.off(reg);
}

/**
 * A pointer to a map's value points to the part of this name: `bpf_timer`, `bpf_wq`, `bpf_task_work`.
 *
 * @returns the map.
 */
export function checkMapField(s: Session, regno: number, field: string): MapFacts {
  const off = constantOffset(s, regno, field);
  const map = mapOf(s, s.reg(regno));
  if (map.types === undefined) refuse(mapField, s.at, { problem: 'no_types', owner: map.name, field });
  const found = fieldOf(map, field);
  if (found === undefined) return refuse(mapField, s.at, { problem: 'missing', owner: map.name, field });
  if (found.offset !== off) refuse(mapField, s.at, { problem: 'place', off, at: found.offset, field });
  return map;
}
