import type { Pin } from '../kernel/kernel.js';
import type { LinkHandle } from './link-handle.js';
import type { MapObject } from './map-handle.js';
import type { ObjectTable } from './objects.js';
import type { ProgramObject } from './program-object.js';

/** The objects that pins and links keep alive, ascending by id. Open handles do not count: they end with the process. */
export function keptObjects(
  pins: readonly Pin[],
  links: readonly LinkHandle[],
  maps: ObjectTable<MapObject>,
  programs: ObjectTable<ProgramObject>,
): { readonly maps: MapObject[]; readonly programs: ProgramObject[] } {
  const keptMaps = new Set<MapObject>();
  const keptPrograms = new Set<ProgramObject>();
  const keepMap = (map: MapObject): void => {
    if (keptMaps.has(map)) return;
    keptMaps.add(map);
    for (const program of map.programs) keepProgram(program);
    for (const inner of map.map.innerIds) keepMap(maps.get(inner));
  };
  const keepProgram = (program: ProgramObject): void => {
    if (keptPrograms.has(program)) return;
    keptPrograms.add(program);
    for (const map of program.maps) keepMap(map);
  };
  for (const { kind, id } of pins) {
    if (kind === 'map') keepMap(maps.get(id));
    if (kind === 'program') keepProgram(programs.get(id));
  }
  for (const { programId } of links) keepProgram(programs.get(programId));
  return {
    maps: maps.all().filter((map) => keptMaps.has(map)),
    programs: programs.all().filter((program) => keptPrograms.has(program)),
  };
}
