import { keptObjects } from './kept.js';
import type { KernelState } from './kernel-state.js';
import type { EngineSnapshot } from './snapshot.js';

/** Everything of an engine that outlives a process: pinned and attached objects and what they use. */
export function takeSnapshot({ maps, programs, links, pins, btf }: KernelState): EngineSnapshot {
  const kept = keptObjects(pins.all(), links.all(), maps, programs);
  return {
    nextMapId: maps.nextId,
    nextProgramId: programs.nextId,
    nextLinkId: links.nextId,
    nextBtfId: btf.nextId,
    maps: kept.maps.map(({ id, spec, map, btfId }) => ({
      id,
      spec,
      frozen: map.frozen,
      ...(btfId === undefined ? {} : { btfId }),
      entries: map.snapshot(),
    })),
    programs: kept.programs.map((program) => program.snapshot()),
    links: links.all().map(({ id, programId, target }) => ({ id, programId, target })),
    pins: pins.all(),
  };
}

/** Brings an empty state into the one that a snapshot describes. Programs are verified again when they first run. */
export async function restoreSnapshot(state: KernelState, snapshot: EngineSnapshot): Promise<void> {
  for (const program of snapshot.programs) await state.readTypesFor(program);
  for (const { target } of snapshot.links) await state.readTypesAt(target);
  const { maps, programs, links, pins, btf } = state;
  // Programs first need their maps; program arrays in turn name programs, so contents come last.
  for (const { id, spec, btfId } of snapshot.maps) {
    btf.enter(spec.btf, btfId);
    state.addMap(id, spec);
  }
  for (const { id, mapIds, loadedAt, uid, btfId, bytesJited = 0, ...parts } of snapshot.programs) {
    const used = mapIds.map((mapId) => maps.get(mapId));
    btf.enter(parts.btf, btfId);
    const stamp = { loadedAt, uid, bytesJited, ...state.btfIdOf(parts.btf) };
    programs.add(state.newProgram(id, { ...parts, btf: parts.btf }, used, stamp));
  }
  for (const { id, frozen, entries } of snapshot.maps) {
    const object = maps.get(id);
    object.map.restore(entries);
    object.changed();
    if (frozen && !object.map.frozen) object.map.freeze();
  }
  for (const { id, programId, target } of snapshot.links) links.add(programs.get(programId), target, id);
  for (const { path, kind, id } of snapshot.pins) {
    pins.add(path, kind, id);
    if (kind === 'map') maps.use(maps.get(id));
    if (kind === 'program') programs.use(programs.get(id));
  }
  maps.nextId = snapshot.nextMapId;
  programs.nextId = snapshot.nextProgramId;
  links.nextId = snapshot.nextLinkId;
  btf.nextId = snapshot.nextBtfId;
}
