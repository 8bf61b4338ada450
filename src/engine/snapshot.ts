import type { Btf } from '../btf/types.js';
import type { Insn } from '../isa/index.js';
import type { AttachTarget } from '../kernel/kernel.js';
import type { LineInfo, MapSpec, SubprogramSpec } from '../object/spec.js';

/** Everything of an engine that outlives a process: what a root stores. Ids are never used twice in a root. */
export interface EngineSnapshot {
  readonly nextMapId: number;
  readonly nextProgramId: number;
  readonly nextLinkId: number;
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
  /** Entries one after the other, key then value, in the map's order. Nothing else is in it. */
  readonly entries: Uint8Array;
}
export interface ProgramSnapshot {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly attachType?: string;
  readonly attachTo?: string;
  readonly license: string;
  readonly kernelVersion: number;
  readonly insns: readonly Insn[];
  readonly mapIds: readonly number[];
  readonly subprograms: readonly SubprogramSpec[];
  readonly lines: readonly LineInfo[];
  readonly btf?: Btf;
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
