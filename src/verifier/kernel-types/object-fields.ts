import type { Btf, BtfTypeId } from '../../btf/types.js';
import { type SpecialField, specialFields } from '../../maps/special-fields.js';
import type { Session } from '../explore/session.js';
import type { RegAddr } from '../state/domain.js';
import { BTF_PROGRAM, FLAG_ALLOC, TYPE_BTF_ID, TYPE_MAP_VALUE } from '../state/layout.js';

/** What has a meaning in values of maps only. */
const MAPS_ONLY: ReadonlySet<string> = new Set(['bpf_timer', 'bpf_wq', 'bpf_task_work', 'uptr']);

const known = new WeakMap<Btf, Map<BtfTypeId, readonly SpecialField[]>>();

/** What belongs to the kernel in objects of a type of the program's own. */
export function objectFields(btf: Btf, id: BtfTypeId): readonly SpecialField[] {
  const fields = known.get(btf) ?? new Map<BtfTypeId, readonly SpecialField[]>();
  known.set(btf, fields);
  const found = fields.get(id) ?? specialFields(btf, id)?.filter(({ name }) => !MAPS_ONLY.has(name)) ?? [];
  fields.set(id, found);
  return found;
}

/** What belongs to the kernel where a register points to: in a map's value, or in an object of the program. */
export function fieldsOf(s: Session, reg: RegAddr): readonly SpecialField[] {
  const { memory } = s;
  if (memory.baseType(reg) === TYPE_MAP_VALUE) return s.maps[memory.map(reg)]?.types?.special ?? [];
  const isObject = memory.baseType(reg) === TYPE_BTF_ID && memory.btf(reg) === BTF_PROGRAM;
  if (!isObject || !memory.hasFlag(reg, FLAG_ALLOC) || s.program.btf === undefined) return [];
  return objectFields(s.program.btf, memory.aux(reg));
}

/** Stands for the program's types where a lock's owner is told: maps are told by their index. */
const PROGRAM_TYPES = -1;

/** What a lock in this memory is part of: the map, or the program's types. */
export function lockOwner(s: Session, reg: RegAddr): number {
  return s.memory.baseType(reg) === TYPE_MAP_VALUE ? s.memory.map(reg) : PROGRAM_TYPES;
}
