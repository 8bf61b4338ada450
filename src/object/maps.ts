import { objectError } from '../errors/object.js';
import type { ObjectContext } from './context.js';
import type { CodeSection } from './functions.js';
import { readArenaVariables } from './maps-arena.js';
import { type PlacedMap, readBtfMaps } from './maps-btf.js';
import { readDataMaps } from './maps-data.js';
import { isLegacyMaps, readLegacyMaps } from './maps-legacy.js';
import { readStructOps } from './maps-struct-ops.js';
import { tailCallSlot } from './sections.js';
import type { MapSpec, ProgramSpec } from './spec.js';

/** All maps of an object, and where references to them point. */
export interface ObjectMaps {
  /** Map names by section index, then by offset. */
  readonly bySection: ReadonlyMap<number, ReadonlyMap<number, string>>;
  /** Map names by index of the data section that they stand for. */
  readonly data: ReadonlyMap<number, string>;
  /** The finished specs: iproute2's tail-call sections fill slots of program arrays. */
  complete(programs: readonly ProgramSpec[]): MapSpec[];
}

/** Reads the maps of every kind: legacy definitions, BTF-defined, global data, configuration, structs of functions. */
export function readMaps(
  context: ObjectContext,
  kconfig: MapSpec | undefined,
  code: ReadonlyMap<number, CodeSection>,
): ObjectMaps {
  const placed: PlacedMap[] = [];
  const byId = new Map<number, string>();
  for (const section of context.elf.sections) {
    if (isLegacyMaps(section)) {
      const legacy = readLegacyMaps(context, section);
      placed.push(...legacy.maps);
      for (const [id, name] of legacy.byId) byId.set(id, name);
    }
  }
  for (const section of context.elf.sections)
    if (section.name === '.maps' && section.size > 0) placed.push(...readBtfMaps(context, section));
  const dataMaps = readDataMaps(context);
  const arena = readArenaVariables(
    context,
    placed.map(({ spec }) => spec),
  );
  const specs = [
    ...placed.map(({ spec }) => (spec.name === arena?.map ? { ...spec, variables: arena.bytes } : spec)),
    ...dataMaps.values(),
    ...(kconfig === undefined ? [] : [kconfig]),
    ...readStructOps(context, code),
  ];
  checkNames(specs);
  return {
    bySection: placesOf(placed),
    data: new Map([
      ...[...dataMaps].map(([index, spec]): [number, string] => [index, spec.name]),
      ...(arena === undefined ? [] : [[arena.section, arena.map] as [number, string]]),
    ]),
    complete: (programs) => withTailCalls(specs, programs, byId),
  };
}

/** References find a map by name, so a name may mean only one. */
function checkNames(specs: readonly MapSpec[]): void {
  const seen = new Set<string>();
  for (const { name, section } of specs) {
    if (seen.has(name))
      throw objectError('OBJECT_BAD_MAP', `two maps are named ${name}`, { facts: { map: name, section } });
    seen.add(name);
  }
}

function placesOf(placed: readonly PlacedMap[]): Map<number, Map<number, string>> {
  const places = new Map<number, Map<number, string>>();
  for (const { section, offset, spec } of placed) {
    const names = places.get(section) ?? new Map<number, string>();
    names.set(offset, spec.name);
    places.set(section, names);
  }
  return places;
}

function withTailCalls(
  specs: readonly MapSpec[],
  programs: readonly ProgramSpec[],
  byId: ReadonlyMap<number, string>,
): MapSpec[] {
  const slots = new Map<string, { key: number; ref: string; refKind: 'program' }[]>();
  for (const program of byId.size === 0 ? [] : programs) {
    const slot = tailCallSlot(program.section);
    const map = slot && byId.get(slot.mapId);
    if (slot === undefined || map === undefined) continue;
    const own = slots.get(map) ?? [];
    own.push({ key: slot.slot, ref: program.name, refKind: 'program' });
    slots.set(map, own);
  }
  return specs.map((spec) => {
    const initial = slots.get(spec.name);
    if (initial === undefined) return spec;
    return { ...spec, initial: [...(spec.initial ?? []), ...initial] };
  });
}
