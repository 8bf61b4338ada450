import type { Btf } from '../../btf/types.js';
import { decodeInsns, encodeInsns } from '../../isa/index.js';
import type { MapSpec } from '../../object/spec.js';
import type { EngineSnapshot, LinkSnapshot, MapSnapshot, ProgramSnapshot } from '../snapshot.js';

/** One file of a root, as `state` names it. */
export interface FileRef {
  readonly name: string;
  readonly size: number;
  /** SHA-256, hex. */
  readonly digest: string;
}

/** What `state` holds: everything that is small, and which files hold the rest. */
export interface StateRecord {
  /** Counts the commits of this root. */
  readonly commit: number;
  readonly nextMapId: number;
  readonly nextProgramId: number;
  readonly nextLinkId: number;
  readonly nextBtfId: number;
  readonly maps: readonly { readonly id: number; readonly file: FileRef }[];
  readonly programs: readonly { readonly id: number; readonly file: FileRef }[];
  readonly btf: readonly FileRef[];
  readonly links: readonly LinkSnapshot[];
  readonly pins: EngineSnapshot['pins'];
}

/** A map's blueprint with its BTF as the name of a file. */
type MapSpecRecord = Omit<MapSpec, 'btf' | 'inner'> & {
  readonly btfFile?: string;
  readonly inner?: MapSpecRecord;
};

/** The contents of a `map-…` file. */
export interface MapRecord {
  readonly id: number;
  readonly frozen: boolean;
  readonly btfId?: number;
  readonly spec: MapSpecRecord;
  readonly entries: Uint8Array;
}

/** The contents of a `prog-…` file. */
export type ProgramRecord = Omit<ProgramSnapshot, 'btf' | 'insns'> & {
  readonly code: Uint8Array;
  readonly btfFile?: string;
};

/** Gives the file of a BTF, or the BTF of a file. */
export type BtfToFile = (btf: Btf) => string;
export type FileToBtf = (file: string) => Btf;

export function mapRecord(map: MapSnapshot, file: BtfToFile): MapRecord {
  return { ...map, spec: specRecord(map.spec, file) };
}

function specRecord(spec: MapSpec, file: BtfToFile): MapSpecRecord {
  const { btf, inner, ...rest } = spec;
  return {
    ...rest,
    ...(btf === undefined ? {} : { btfFile: file(btf) }),
    ...(inner === undefined ? {} : { inner: specRecord(inner, file) }),
  };
}

export function mapSnapshot(record: MapRecord, btfOf: FileToBtf): MapSnapshot {
  return { ...record, spec: mapSpec(record.spec, btfOf) };
}

function mapSpec(record: MapSpecRecord, btfOf: FileToBtf): MapSpec {
  const { btfFile, inner, ...rest } = record;
  return {
    ...rest,
    ...(btfFile === undefined ? {} : { btf: btfOf(btfFile) }),
    ...(inner === undefined ? {} : { inner: mapSpec(inner, btfOf) }),
  };
}

export function programRecord(program: ProgramSnapshot, file: BtfToFile): ProgramRecord {
  const { btf, insns, ...rest } = program;
  return { ...rest, code: encodeInsns(insns), ...(btf === undefined ? {} : { btfFile: file(btf) }) };
}

export function programSnapshot(record: ProgramRecord, btfOf: FileToBtf): ProgramSnapshot {
  const { btfFile, code, ...rest } = record;
  return { ...rest, insns: decodeInsns(code), ...(btfFile === undefined ? {} : { btf: btfOf(btfFile) }) };
}
