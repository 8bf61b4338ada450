import type { Btf } from '../btf/types.js';
import { hookByName } from '../hooks/index.js';
import type { AttachTarget } from '../kernel/target.js';
import type { MapSpec } from '../object/spec.js';
import { needsKernelTypes } from '../verifier/kernel-types/needs.js';
import { showsKernelStructs } from './attachments.js';
import type { CodeCache } from './code.js';
import type { ProgramCounters } from './counters.js';
import type { KernelTypes } from './kernel-types.js';
import { Links } from './links.js';
import { MapObject } from './map-handle.js';
import { EngineMap } from './maps.js';
import type { EngineMemory } from './memory.js';
import { BtfIds, ObjectTable } from './objects.js';
import { Pins } from './pins.js';
import { type LoadStamp, ProgramObject, type ProgramParts } from './program-object.js';
import type { ProgramSnapshot } from './snapshot.js';
import type { World } from './world/world.js';

/** What the objects of an engine are made in and of. */
export interface StateSurroundings {
  readonly memory: EngineMemory;
  readonly world: World;
  readonly code: CodeCache;
  readonly counts: ProgramCounters | undefined;
  readonly types: KernelTypes;
}

/** The maps, programs, links and pins of an engine, by their ids: what a snapshot holds. */
export class KernelState {
  readonly maps = new ObjectTable<MapObject>('map');
  readonly programs = new ObjectTable<ProgramObject>('prog');
  readonly pins = new Pins();
  readonly links: Links;
  readonly btf = new BtfIds();
  readonly #around: StateSurroundings;
  /** What maps of maps hold. */
  readonly #innerMaps = {
    find: (id: number) => this.maps.find(id)?.map,
    use: (id: number) => this.maps.use(this.maps.get(id)),
    release: (id: number) => this.maps.release(this.maps.get(id)),
  };

  constructor(around: StateSurroundings) {
    this.#around = around;
    this.links = new Links(this.programs, this.pins, around.world);
  }

  /** The id of a set of types, as part of a stamp. */
  btfIdOf(btf: Btf | undefined): { readonly btfId?: number } {
    return btf === undefined ? {} : { btfId: this.btf.of(btf) };
  }

  addMap(id: number, spec: MapSpec): MapObject {
    const { memory, world } = this.#around;
    const map = EngineMap.create(memory, spec, {
      id,
      programSlot: (programId) => this.programs.find(programId)?.code().tailSlot,
      programType: (programId) => this.programs.find(programId)?.parts.type,
      inner: this.#innerMaps,
      world,
    });
    const object = new MapObject(id, spec, map, this.programs, this.btfIdOf(spec.btf).btfId);
    this.maps.add(object);
    return object;
  }

  /** A program that is not entered yet. It uses its maps. */
  newProgram(id: number, parts: ProgramParts, maps: readonly MapObject[], stamp: LoadStamp): ProgramObject {
    for (const map of maps) this.maps.use(map);
    const { code: cache, counts, types } = this.#around;
    return new ProgramObject(id, parts, maps, stamp, { cache, counts, types }, () => {
      for (const map of maps) this.maps.release(map);
    });
  }

  /** What is attached there gets structs of the kernel, which its types lay out. */
  async readTypesAt(target: AttachTarget): Promise<void> {
    if (showsKernelStructs(target)) await this.#around.types.read();
  }

  /** Programs that only the kernel's types can decide need them before they are verified. */
  async readTypesFor(
    program: Pick<ProgramSnapshot, 'type' | 'attachType' | 'insns' | 'btf'> | ProgramParts,
  ): Promise<void> {
    const { type, attachType, insns, btf } = program;
    const hook = hookByName(type);
    if (hook !== undefined && needsKernelTypes({ hook, attachType, insns, btf }))
      await this.#around.types.read();
  }
}
