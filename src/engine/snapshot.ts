import type { Btf } from '../btf/types.js';
import type { AttachTarget, LoadableProgram } from '../kernel/kernel.js';
import type { MapSpec } from '../object/spec.js';

/** Everything of an engine that outlives a process: what a root stores. Ids are never used twice in a root. */
export interface EngineSnapshot {
  readonly nextMapId: number;
  readonly nextProgramId: number;
  readonly nextLinkId: number;
  readonly nextBtfId: number;
  readonly maps: readonly MapSnapshot[];
  readonly programs: readonly ProgramSnapshot[];
  readonly links: readonly LinkSnapshot[];
  readonly pins: readonly {
    readonly path: string;
    readonly kind: 'map' | 'program' | 'link';
    readonly id: number;
  }[];
}
export interface MapSnapshot {
  readonly id: number;
  readonly spec: MapSpec;
  readonly frozen: boolean;
  /** Of `spec.btf`. */
  readonly btfId?: number;
  /** Entries one after the other, key then value, in the map's order. Nothing else is in it. */
  readonly entries: Uint8Array;
}
/** A program without its maps and BTF as objects: maps by id, BTF when there is one. */
export interface ProgramSnapshot extends Omit<LoadableProgram, 'maps' | 'btf'> {
  readonly id: number;
  readonly mapIds: readonly number[];
  readonly btf?: Btf;
  readonly btfId?: number;
  readonly loadedAt: number;
  readonly uid: number;
  /** Of the compiled program when it was loaded. */
  readonly bytesJited?: number;
}
export interface LinkSnapshot {
  readonly id: number;
  readonly programId: number;
  readonly target: AttachTarget;
}
