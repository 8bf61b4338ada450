import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { corrupt, fileError, systemCode } from './errors.js';
import { livenessOf, ownIdentity, type ProcessIdentity } from './process.js';

/*
 * The lock is a chain of files `lock.1`, `lock.2`, …; the last one says who holds the root, an empty one nobody.
 * A file is made with its contents by link(2), which fails if it exists, so of all processes that find the holder
 * dead one alone gets the next number. `epoch` says where the chain begins; only the holder advances it, and only
 * then deletes older files. A process that slept since it judged `lock.n` dead may thus still make a `lock.n+1`
 * that was deleted meanwhile, but then finds `epoch` beyond it, and knows that it holds nothing.
 */

/** Who has a root open. */
export interface LockHolder extends ProcessIdentity {
  readonly generation: number;
  /** Where it serves others; undefined for a short command. */
  readonly socket?: string;
}

/** How long the lock of a process in another container that serves nobody is respected, in milliseconds. */
const UNKNOWN_HOLDER_MS = 60_000;

const lockFile = (folder: string, generation: number): string => join(folder, `lock.${generation}`);

const temporaryName = (folder: string): string =>
  join(folder, `lock.tmp.${process.pid}.${Math.random().toString(36).slice(2)}`);

/** The lock of a root, held by this process. */
export class RootLock {
  private released = false;
  private readonly folder: string;
  readonly generation: number;

  constructor(folder: string, generation: number) {
    this.folder = folder;
    this.generation = generation;
  }

  /** Tells others where this process serves them. */
  announce(socket: string): void {
    const temporary = temporaryName(this.folder);
    try {
      writeFileSync(temporary, JSON.stringify({ ...ownIdentity(), socket }), { mode: 0o600 });
      renameSync(temporary, lockFile(this.folder, this.generation));
    } catch (error) {
      throw fileError(error, this.folder, 'write');
    }
  }

  /** Lets the next one in. Never throws: a process that cannot say so is found dead soon after. */
  release(): void {
    if (this.released) return;
    this.released = true;
    try {
      const file = openSync(lockFile(this.folder, this.generation), 'r+');
      ftruncateSync(file);
      closeSync(file);
    } catch {
      // The folder may be gone, or read-only by now.
    }
  }
}

/** Who has the root open now, if anybody. Writes nothing. `ignore` is a generation known to be dead. */
export function lockHolder(folder: string, ignore = 0): LockHolder | undefined {
  const { holder } = lastOfChain(folder);
  return holder !== undefined && holder.generation > ignore && isHeld(folder, holder) ? holder : undefined;
}

/**
 * Takes the lock unless a living process holds it, whom it returns then.
 * @param ignore A generation whose holder is known to be dead.
 */
export function tryLock(folder: string, ignore = 0): RootLock | LockHolder {
  for (;;) {
    const { generation, holder } = lastOfChain(folder);
    if (holder !== undefined && generation > ignore && isHeld(folder, holder)) return holder;
    const lock = makeNext(folder, generation + 1);
    if (lock !== undefined) return lock;
  }
}

function makeNext(folder: string, generation: number): RootLock | undefined {
  const temporary = temporaryName(folder);
  try {
    writeFileSync(temporary, JSON.stringify(ownIdentity()), { mode: 0o600 });
    try {
      linkSync(temporary, lockFile(folder, generation));
    } finally {
      unlinkSync(temporary);
    }
    if ((readEpoch(folder) ?? 0) >= generation) {
      unlinkSync(lockFile(folder, generation));
      return undefined;
    }
    advanceEpoch(folder, generation);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return undefined;
    throw fileError(error, folder, 'write');
  }
  return new RootLock(folder, generation);
}

function advanceEpoch(folder: string, generation: number): void {
  const temporary = temporaryName(folder);
  const file = openSync(temporary, 'w', 0o600);
  try {
    writeFileSync(file, String(generation));
    // Only after a power cut could it be found empty; then nobody of before is left, and the listing tells.
    if (generation % 1024 === 0) fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, join(folder, 'epoch'));
  for (const name of readdirSync(folder)) {
    const number = /^lock\.(\d+)$/.exec(name)?.[1];
    if (number !== undefined && Number(number) < generation) removeIfThere(join(folder, name));
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/** Undefined when a power cut emptied the file. */
function readEpoch(folder: string): number | undefined {
  const text = readOrUndefined(join(folder, 'epoch'));
  if (text === undefined) return 0;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function highestLock(folder: string): number {
  const numbers = readdirSync(folder).map((name) => Number(/^lock\.(\d+)$/.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

function lastOfChain(folder: string): { generation: number; holder: LockHolder | undefined } {
  for (;;) {
    const epoch = readEpoch(folder);
    let generation = epoch ?? highestLock(folder);
    let text: string | undefined;
    for (let next: string | undefined; ; generation++, text = next) {
      next = readOrUndefined(lockFile(folder, generation + 1));
      if (next === undefined) break;
    }
    if (generation === 0) return { generation, holder: undefined };
    text ??= readOrUndefined(lockFile(folder, generation));
    if (text !== undefined) return { generation, holder: parseHolder(text, generation) };
    // The chain moved on while it was read; or somebody deleted the file by hand.
    if (readEpoch(folder) === epoch) return { generation, holder: undefined };
  }
}

function parseHolder(text: string, generation: number): LockHolder | undefined {
  try {
    const { pid, started, space, socket } = JSON.parse(text) as Partial<LockHolder>;
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
    if (typeof started !== 'string' || typeof space !== 'string') return undefined;
    return { pid, started, space, generation, ...(typeof socket === 'string' ? { socket } : {}) };
  } catch {
    return undefined;
  }
}

function isHeld(folder: string, holder: LockHolder): boolean {
  const liveness = livenessOf(holder);
  if (liveness !== 'unknown') return liveness === 'alive';
  if (holder.socket !== undefined) return true;
  try {
    return Date.now() - statSync(lockFile(folder, holder.generation)).mtimeMs < UNKNOWN_HOLDER_MS;
  } catch {
    return false;
  }
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    if (systemCode(error) === 'EISDIR') throw corrupt(path, 'it is a folder');
    throw fileError(error, systemCode(error) === 'ENOTDIR' ? dirname(path) : path, 'read');
  }
}
