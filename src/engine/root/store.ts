import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Btf } from '../../btf/types.js';
import type { EngineSnapshot } from '../snapshot.js';
import { corrupt, fileError, systemCode } from './errors.js';
import { pack, unpack } from './pack.js';
import {
  type FileRef,
  type MapRecord,
  mapRecord,
  mapSnapshot,
  type ProgramRecord,
  programRecord,
  programSnapshot,
  type StateRecord,
} from './records.js';
import { formatState, parseState, STATE_FILE } from './state.js';

/** A snapshot of an engine in which nothing was ever made. */
export const EMPTY_SNAPSHOT: EngineSnapshot = {
  nextMapId: 1,
  nextProgramId: 1,
  nextLinkId: 1,
  nextBtfId: 1,
  maps: [],
  programs: [],
  links: [],
  pins: [],
};

/** Our own data files; nothing else in the folder is ever deleted. */
const OURS = /^(?:(?:map|prog|btf)-\d+\.\d+|state\.tmp)$/;
const LEFT_OVER = /^lock\.tmp\.\d+\.\w+$/;
const LEFT_OVER_MS = 60_000;

/**
 * The files of a root. `state` names all others; files are written under new names and forced to disk before a new
 * `state` takes the place of the old one by rename, which is the moment of commit.
 */
export class RootStore {
  private state: StateRecord | undefined;
  private readonly btfFiles = new WeakMap<Btf, FileRef>();
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Reads everything. Needs no lock: when a commit comes between, it reads again. */
  load(): EngineSnapshot {
    for (let attempt = 0; ; attempt++) {
      const state = this.readState();
      if (state === undefined) return EMPTY_SNAPSHOT;
      try {
        const snapshot = this.readFiles(state);
        this.state = state;
        return snapshot;
      } catch (error) {
        const movedOn = this.readState()?.commit !== state.commit;
        if (!movedOn || attempt === 20) throw error;
      }
    }
  }

  /** Makes a snapshot durable. Only the holder of the lock may. When it throws, the root holds what it held before. */
  save(snapshot: EngineSnapshot): void {
    const previous = this.state ?? this.readState();
    const commit = (previous?.commit ?? 0) + 1;
    try {
      const writer = new CommitWriter(this.folder, commit, previous, this.btfFiles);
      const state = writer.write(snapshot);
      const text = formatState(state);
      if (previous !== undefined && formatState({ ...previous, commit }) === text) return;
      writer.commit(text);
      this.state = state;
      this.sweep(state);
    } catch (error) {
      this.sweepAfterFailure();
      throw fileError(error, this.folder, 'write');
    }
  }

  private readState(): StateRecord | undefined {
    const path = join(this.folder, STATE_FILE);
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      if (systemCode(error) === 'EISDIR') throw corrupt(path, 'it is a folder');
      throw fileError(error, systemCode(error) === 'ENOTDIR' ? this.folder : path, 'read');
    }
    return parseState(text, path);
  }

  private readFiles(state: StateRecord): EngineSnapshot {
    const byName = new Map(state.btf.map((ref) => [ref.name, ref]));
    const read = new Map<string, Btf>();
    const btfOf = (name: string): Btf => {
      const known = read.get(name);
      if (known !== undefined) return known;
      const ref = byName.get(name);
      if (ref === undefined) throw corrupt(join(this.folder, STATE_FILE), `it does not list ${name}`);
      const btf = this.readRecord<Btf>(ref, 'types');
      read.set(name, btf);
      this.btfFiles.set(btf, ref);
      return btf;
    };
    return {
      nextMapId: state.nextMapId,
      nextProgramId: state.nextProgramId,
      nextLinkId: state.nextLinkId,
      nextBtfId: state.nextBtfId,
      maps: state.maps.map(({ file }) => mapSnapshot(this.readRecord<MapRecord>(file, 'entries'), btfOf)),
      programs: state.programs.map(({ file }) =>
        programSnapshot(this.readRecord<ProgramRecord>(file, 'code'), btfOf),
      ),
      links: state.links,
      pins: state.pins,
    };
  }

  /** The digest is of the whole file, so a record that passes has the shape in which it was written. */
  private readRecord<T>(ref: FileRef, member: keyof T & string): T {
    const path = join(this.folder, ref.name);
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(path);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') throw corrupt(path, 'it is missing', error);
      throw fileError(error, path, 'read');
    }
    if (bytes.length !== ref.size) throw corrupt(path, `it has ${bytes.length} bytes instead of ${ref.size}`);
    if (digestOf(bytes) !== ref.digest) throw corrupt(path, 'its contents changed since they were written');
    const record = unpack(bytes);
    if (typeof record !== 'object' || record === null || !(member in record)) {
      throw corrupt(path, `it has no ${member}`);
    }
    return record as T;
  }

  /** The rename may have happened or not: what the disk says now is what must be kept. */
  private sweepAfterFailure(): void {
    try {
      this.sweep(this.readState());
    } catch {
      // Unreadable: delete nothing.
    }
  }

  /** Deletes our files that no state names, as killed writers leave them. Failing is no failure. */
  private sweep(state: StateRecord | undefined): void {
    const keep = new Set(
      state === undefined
        ? []
        : [...state.maps, ...state.programs]
            .map(({ file }) => file.name)
            .concat(state.btf.map((b) => b.name)),
    );
    try {
      for (const name of readdirSync(this.folder)) {
        const path = join(this.folder, name);
        if (OURS.test(name) ? !keep.has(name) : LEFT_OVER.test(name) && isOld(path)) unlinkSync(path);
      }
    } catch {
      // The next commit sweeps again.
    }
  }
}

function isOld(path: string): boolean {
  return Date.now() - statSync(path).mtimeMs > LEFT_OVER_MS;
}

/** The writing of one commit. Files of the commit before that are still right are kept. */
class CommitWriter {
  private readonly folder: string;
  private readonly commitNumber: number;
  private readonly previous: StateRecord | undefined;
  private readonly btfFiles: WeakMap<Btf, FileRef>;
  private readonly btf = new Map<string, FileRef>();
  private wrote = false;

  constructor(
    folder: string,
    commit: number,
    previous: StateRecord | undefined,
    btfFiles: WeakMap<Btf, FileRef>,
  ) {
    this.folder = folder;
    this.commitNumber = commit;
    this.previous = previous;
    this.btfFiles = btfFiles;
  }

  write(snapshot: EngineSnapshot): StateRecord {
    const oldMaps = new Map(this.previous?.maps.map(({ id, file }) => [id, file]));
    const maps = snapshot.maps.map((map) => ({
      id: map.id,
      file: this.file(`map-${map.id}`, pack(mapRecord(map, this.btfFile)), oldMaps.get(map.id)),
    }));
    const oldPrograms = new Map(this.previous?.programs.map(({ id, file }) => [id, file]));
    const programs = snapshot.programs.map((program) => {
      // Ids are never used twice and a loaded program never changes, so what is on disk is right.
      const old = oldPrograms.get(program.id);
      if (old !== undefined && program.btf !== undefined) this.btfFile(program.btf);
      return {
        id: program.id,
        file: old ?? this.file(`prog-${program.id}`, pack(programRecord(program, this.btfFile)), old),
      };
    });
    return {
      commit: this.commitNumber,
      nextMapId: snapshot.nextMapId,
      nextProgramId: snapshot.nextProgramId,
      nextLinkId: snapshot.nextLinkId,
      nextBtfId: snapshot.nextBtfId,
      maps,
      programs,
      btf: [...this.btf.values()],
      links: snapshot.links,
      pins: snapshot.pins,
    };
  }

  commit(state: string): void {
    const temporary = join(this.folder, `${STATE_FILE}.tmp`);
    if (this.wrote) syncFolder(this.folder);
    writeDurably(temporary, new TextEncoder().encode(state));
    renameSync(temporary, join(this.folder, STATE_FILE));
    syncFolder(this.folder);
  }

  private readonly btfFile = (btf: Btf): string => {
    let ref = this.btfFiles.get(btf);
    if (ref === undefined || !this.isKept(ref)) {
      const bytes = pack(btf);
      const digest = digestOf(bytes);
      const same = [...this.btf.values(), ...(this.previous?.btf ?? [])].find((r) => r.digest === digest);
      ref = same ?? this.file(`btf-${this.btf.size + 1}`, bytes, undefined);
      this.btfFiles.set(btf, ref);
    }
    this.btf.set(ref.name, ref);
    return ref.name;
  };

  private isKept(ref: FileRef): boolean {
    return this.btf.has(ref.name) || (this.previous?.btf.some(({ name }) => name === ref.name) ?? false);
  }

  private file(stem: string, bytes: Uint8Array, old: FileRef | undefined): FileRef {
    const digest = digestOf(bytes);
    if (old !== undefined && old.digest === digest && old.size === bytes.length) return old;
    const name = `${stem}.${this.commitNumber}`;
    writeDurably(join(this.folder, name), bytes);
    this.wrote = true;
    return { name, size: bytes.length, digest };
  }
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w', 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolder(folder: string): void {
  // Windows cannot open a folder; NTFS journals renames by itself.
  if (process.platform === 'win32') return;
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
